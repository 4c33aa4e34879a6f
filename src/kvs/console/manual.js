// The page of the manual: its pages as the node serves them, and what each refusal means.
import { el } from './dom.js';
import { render } from './markdown.js';
import { get } from './request.js';

async function problemView(reason) {
  const answer = await get(`/problems/${encodeURIComponent(reason)}`, { taken: [404] });
  const { meaning, status } = answer.json;
  return el(
    'article',
    {},
    el('h1', { tabindex: -1 }, reason),
    answer.status === 404
      ? el('p', {}, 'No refusal has this reason.')
      : el('p', {}, `Status ${status}. ${meaning}`),
  );
}

export async function manualPage({ path, parameters }) {
  const name = path || 'index';
  const back = el(
    'nav',
    { 'aria-label': 'Manual' },
    el('a', { href: '#/manual/index' }, 'All pages'),
    ' · ',
    el('a', { href: '#/manual/api' }, 'API'),
    ' · ',
    el('a', { href: '#/manual/3am' }, '3 am'),
  );
  if (name.startsWith('problems/')) {
    return el('div', {}, back, await problemView(name.slice('problems/'.length)));
  }
  const answer = await get(name === 'index' ? '/docs/' : `/docs/${encodeURIComponent(name)}`, {
    taken: [404],
  });
  const article = el(
    'article',
    { class: 'manual' },
    answer.status === 404
      ? [el('h1', { tabindex: -1 }, 'No such page'), el('p', {}, 'The manual has no page of this name.')]
      : render(answer.text, name),
  );
  const heading = parameters.at ? article.querySelector(`#${CSS.escape(parameters.at)}`) : undefined;
  if (heading) {
    // After the page is there.
    setTimeout(() => heading.focus());
  }
  return el('div', {}, back, article);
}
