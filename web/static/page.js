// The reading pages: leaving at once, and showing the marked place.
for (const link of document.querySelectorAll("[data-leave]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    try {
      sessionStorage.clear();
    } catch {
      // blocked storage holds nothing
    }
    document.body.hidden = true;
    location.replace(link.href);
  });
}
const quote = document.getElementById("quote");
if (quote && !location.hash) quote.scrollIntoView({ block: "center" });
