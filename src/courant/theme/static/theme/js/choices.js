// Colours and text size: what a reader chose in the foot of a page, kept in this browser only.
const root = document.documentElement
const remember = (name, value) => {
  value ? root.setAttribute(`data-${name}`, value) : root.removeAttribute(`data-${name}`)
  try {
    value ? localStorage.setItem(`courant-${name}`, value) : localStorage.removeItem(`courant-${name}`)
  } catch { /* a browser that keeps nothing still changes this page */ }
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
