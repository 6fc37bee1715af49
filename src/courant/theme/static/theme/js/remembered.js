// Before the first paint, so that nothing flashes: the colours and the text size this reader chose.
for (const name of ["theme", "text"]) {
  try {
    const value = localStorage.getItem(`courant-${name}`)
    if (value) document.documentElement.setAttribute(`data-${name}`, value)
  } catch { /* a browser that keeps nothing shows the paper as the device asks */ }
}
