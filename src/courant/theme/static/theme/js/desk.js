// The newsroom left a note in this browser: whoever reads here may edit.
try {
  if (localStorage.getItem("courant-desk")) document.querySelectorAll("[data-desk]").forEach((line) => { line.hidden = false })
} catch { /* a browser that keeps nothing has no note */ }
