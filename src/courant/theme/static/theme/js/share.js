// Sharing: the address to the clipboard, or the system's own sheet where there is one.
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
    } catch { /* the reader closed the sheet */ }
  })
}
