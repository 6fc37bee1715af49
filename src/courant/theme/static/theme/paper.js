{
for (const name of ["theme", "text"]) {
try {
const value = localStorage.getItem(`courant-${name}`)
if (value) document.documentElement.setAttribute(`data-${name}`, value)
} catch {  }
}
}
document.addEventListener("DOMContentLoaded", () => {
{
const root = document.documentElement
const remember = (name, value) => {
value ? root.setAttribute(`data-${name}`, value) : root.removeAttribute(`data-${name}`)
try {
value ? localStorage.setItem(`courant-${name}`, value) : localStorage.removeItem(`courant-${name}`)
} catch {  }
}
const show = () => {
for (const button of document.querySelectorAll("[data-choice]")) {
button.ariaPressed = (root.getAttribute(`data-${button.dataset.choice}`) || "") === button.value
}
}
for (const box of document.querySelectorAll("[data-choices]")) {
box.hidden = false
box.addEventListener("click", ({ target }) => {
if (!target.dataset.choice) return
remember(target.dataset.choice, target.value)
show()
})
}
show()
}
{
for (const button of document.querySelectorAll("[data-share]")) {
const { share: way, title, address: given } = button.dataset
const address = given || document.querySelector("link[rel=canonical]")?.href || location.href
const can = way === "sheet" ? navigator.share : navigator.clipboard
if (!can) continue
button.closest("li").hidden = false
button.addEventListener("click", async () => {
try {
if (way === "sheet") return await navigator.share({ title, url: address })
await navigator.clipboard.writeText(address)
button.parentElement.querySelector("[role=status]").textContent = "Link copied"
} catch {  }
})
}
}
{
for (const button of document.querySelectorAll("[data-shows]")) {
const field = document.getElementById(button.dataset.shows)
const name = button.ariaLabel.replace("Show ", "")
button.hidden = false
button.addEventListener("click", () => {
const shown = field.type === "password"
field.type = shown ? "text" : "password"
button.textContent = shown ? "Hide" : "Show"
button.ariaLabel = `${button.textContent} ${name}`
})
field.form?.addEventListener("submit", () => { field.type = "password" })
}
}
{
for (const line of document.querySelectorAll("[data-meter]")) {
const told = document.cookie.match(/(?:^|; )courant_meter=(\d+)\.(\d+)\.(\d{4}-\d\d-\d\d)(?:;|$)/)
if (!told) continue
const [, left, limit, turns] = told
const day = new Date(turns).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
line.textContent = `${left} of ${limit} premium stories left this month; the count starts anew on ${day}`
line.hidden = false
}
}
{
try {
if (localStorage.getItem("courant-desk")) document.querySelectorAll("[data-desk]").forEach((line) => { line.hidden = false })
} catch {  }
}
{
const wrong = document.querySelector("[data-focus]")
const paragraph = document.getElementById(location.hash.slice(1))?.closest(".story__text > *, .story__withheld > *")
const place = wrong || paragraph
if (place) {
place.tabIndex = -1
place.focus({ preventScroll: !wrong })
}
for (const line of document.querySelectorAll("[role=status]")) {
if (line.textContent.trim()) setTimeout(() => line.replaceChildren(...line.childNodes), 300)
}
}
})
