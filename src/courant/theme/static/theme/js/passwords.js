// A button beside each password that shows what was typed.
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
