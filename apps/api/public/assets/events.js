/** Search on the page of socket events: shows the events that hold all words typed. */
const box = document.getElementById('search');
const found = document.getElementById('found');
const events = [...document.querySelectorAll('article.event')].map((element) => ({
  element,
  text: element.textContent.toLowerCase(),
}));
const sections = [...document.querySelectorAll('main > section')];

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { element, text } of events) {
    element.hidden = !words.every((word) => text.includes(word));
    if (!element.hidden) count += 1;
  }
  for (const section of sections) section.hidden = !section.querySelector('article:not([hidden])');
  found.textContent = words.length === 0 ? '' : `${count} of ${events.length} events`;
}

box.addEventListener('input', search);
// A link to an event that the search has hidden would lead nowhere.
window.addEventListener('hashchange', () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest('[hidden]')) return;
  box.value = '';
  search();
  target.scrollIntoView();
});
search();
