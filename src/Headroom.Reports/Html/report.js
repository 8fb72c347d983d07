// Shows a chart's numbers at once and on touch, where the browser's own tooltip is slow or absent.
// Without this script the same words are the columns' titles.
(() => {
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('role', 'status');
  document.body.append(tip);
  for (const title of document.querySelectorAll('.hc-column > title')) {
    title.parentNode.dataset.words = title.textContent;
    title.remove();
  }
  const show = event => {
    const column = event.target.closest && event.target.closest('.hc-column');
    if (!column) { tip.hidden = true; return; }
    tip.textContent = column.dataset.words;
    tip.hidden = false;
    const { clientWidth, clientHeight } = document.documentElement;
    const left = event.clientX + 14 + tip.offsetWidth > clientWidth ? event.clientX - 14 - tip.offsetWidth : event.clientX + 14;
    const top = Math.min(event.clientY + 14, clientHeight - tip.offsetHeight - 4);
    tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  };
  document.addEventListener('pointermove', show, { passive: true });
  document.addEventListener('pointerdown', show, { passive: true });
  document.addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });
})();
