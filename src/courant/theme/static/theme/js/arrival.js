// Where the reader lands: focus on the list of errors, or on the paragraph of the way back.
const wrong = document.querySelector("[data-focus]")
const paragraph = document.getElementById(location.hash.slice(1))?.closest(".story__text > *, .story__withheld > *")
const place = wrong || paragraph
if (place) {
  place.tabIndex = -1
  place.focus({ preventScroll: !wrong })
}
// What stands in a status line when the page arrives is not read aloud; put in anew, it is.
for (const line of document.querySelectorAll("[role=status]")) {
  if (line.textContent.trim()) setTimeout(() => line.replaceChildren(...line.childNodes), 300)
}
