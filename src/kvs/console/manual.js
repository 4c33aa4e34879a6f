// The page of the manual: its pages as the node serves them, and what each refusal means.
import { el, table } from './dom.js';
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

async function problemsView() {
  const { problems } = (await get('/problems/')).json;
  const link = (reason) => el('a', { href: `#/manual/problems/${reason}` }, reason);
  return el(
    'article',
    {},
    el('h1', { tabindex: -1 }, 'Refusals'),
    table(
      'Reasons of refusals',
      ['Reason', 'Status', 'Meaning and remedy'],
      problems.map(({ reason, status, meaning }) => [link(reason), String(status), meaning]),
    ),
  );
}

const LINKS = [
  ['#/manual/index', 'All pages'],
  ['#/manual/api', 'API'],
  ['/openapi.json', 'OpenAPI document'],
  ['#/manual/problems/', 'Refusals'],
  ['#/manual/3am', '3 am'],
];

export async function manualPage({ path, parameters }) {
  const name = path || 'index';
  const back = el(
    'nav',
    { 'aria-label': 'Manual' },
    LINKS.map(([href, text]) => el('a', { href }, text)),
  );
  if (name === 'problems/') {
    return el('div', {}, back, await problemsView());
  }
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
