// Whoever comes here works on the paper: its stored pages, the same for every reader, show this browser their edit link.
try {
  localStorage.setItem("courant-desk", "1")
} catch { /* a browser that keeps nothing does without */ }
