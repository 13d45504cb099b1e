import type { JsonSchema } from '#libs/platform/schemas';
import { contractName } from './asyncapi.js';
import type { Described, SocketContract, SocketEvent } from './socket-catalogue.js';
import { fieldsOf, type Field } from './schema-fields.js';

type Schemas = Record<string, JsonSchema>;

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string);
/** Text in which `code` is marked as the declarations do it. */
const prose = (text: string): string => escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
const codes = (list: readonly string[]): string =>
  list.map((code) => `<code>${escape(code)}</code>`).join(' ');

/** The page at /docs/events: everything is in the HTML, the script only searches. */
export function renderEventsPage(contracts: SocketContract[], schemas: Schemas): string {
  const count = contracts.reduce((sum, { events }) => sum + events.length, 0);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Socket events · Switchboard</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/style.css" />
    <link rel="stylesheet" href="/assets/events.css" />
    <script type="module" src="/assets/events.js"></script>
  </head>
  <body>
    <a class="skip" href="#main">Skip to content</a>
    <header class="top">
      <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28" />Switchboard</a>
      <nav aria-label="Documentation">
        <a href="/docs">API</a>
        <a href="/docs/events" aria-current="page">Events</a>
        <a href="/asyncapi.json">AsyncAPI</a>
      </nav>
    </header>
    <main id="main" class="events">
      <h1>Socket events</h1>
      <p>
        Every event may be given a callback, which is called with <code>{success: true, data}</code> or
        <code>{success: false, error, code, details}</code>. A socket receives a room's events in the contract in which
        it joined the room. Give the token as <code>auth.token</code> when connecting.
      </p>
      <div class="search">
        <label for="search">Search ${count} events by name, field, code or text</label>
        <input id="search" type="search" autocomplete="off" spellcheck="false" />
        <p id="found" role="status"></p>
      </div>
      ${renderContents(contracts)}
      ${contracts.map((contract) => renderContract(contract, schemas)).join('\n')}
    </main>
  </body>
</html>
`;
}

const anchorOf = (dialect: string, { direction, name }: SocketEvent): string =>
  `${contractName(dialect)}.${direction}.${name}`;

function renderContents(contracts: SocketContract[]): string {
  const lists = contracts.map(({ dialect, events }) => {
    const links = events.map(
      (event) =>
        `<li><a href="#${escape(anchorOf(dialect, event))}">${arrow(event)} ${escape(event.name)}</a></li>`,
    );
    return `<details><summary>${escape(contractName(dialect))} (${events.length})</summary><ul>${links.join('')}</ul></details>`;
  });
  return `<nav class="contents" aria-label="Events">${lists.join('\n')}</nav>`;
}

const arrow = ({ direction }: SocketEvent): string => (direction === 'client' ? '↑' : '↓');

function renderContract({ dialect, namespaces, events }: SocketContract, schemas: Schemas): string {
  const name = escape(contractName(dialect));
  return `<section aria-labelledby="${name}">
  <h2 id="${name}">${name}</h2>
  <p>Namespaces: ${codes(namespaces)}</p>
  ${events.map((event) => renderEvent(dialect, event, schemas)).join('\n')}
</section>`;
}

function renderEvent(dialect: string, event: SocketEvent, schemas: Schemas): string {
  const id = escape(anchorOf(dialect, event));
  const { name, direction, summary, access, payload, ack, errors = [], emits = [] } = event;
  const way = direction === 'client' ? 'client to server' : 'server to client';
  return `<article class="event" id="${id}">
  <h3><a href="#${id}">${escape(name)}</a> <span class="way ${direction}">${way}</span></h3>
  <p>${prose(summary)}</p>
  ${access === undefined ? '' : `<p>Access: ${prose(access)}</p>`}
  <h4>Payload</h4>
  ${payload ? renderDescribed(payload, schemas) : '<p class="none">None</p>'}
  ${ack ? `<h4>Acknowledgement, <code>data</code></h4>${renderDescribed(ack, schemas)}` : ''}
  ${errors.length > 0 ? `<h4>Error codes</h4><p>${codes(errors)}</p>` : ''}
  ${emits.length > 0 ? `<h4>Brings about</h4><p>${emits.map((emitted) => renderLink(dialect, emitted)).join(' ')}</p>` : ''}
</article>`;
}

const renderLink = (dialect: string, name: string): string =>
  `<a href="#${escape(`${contractName(dialect)}.server.${name}`)}"><code>${escape(name)}</code></a>`;

function renderDescribed({ schema, example }: Described, schemas: Schemas): string {
  const fields = fieldsOf(schema, schemas);
  const shown = `<pre>${escape(JSON.stringify(example, null, 2) ?? 'null')}</pre>`;
  if (fields.length === 0) return `<p>${prose(descriptionOf(schema))}</p>${shown}`;
  return `<table>
  <thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>
  <tbody>${fields.map(renderField).join('')}</tbody>
</table>
<details><summary>Example</summary>${shown}</details>`;
}

const descriptionOf = ({ description, type }: JsonSchema): string =>
  typeof description === 'string' ? description : `Type: ${typeof type === 'string' ? type : 'any'}`;

const renderField = ({ path, type, required, description }: Field): string =>
  `<tr><td><code>${escape(path)}</code>${required ? '' : ' <span class="optional">optional</span>'}</td>` +
  `<td>${escape(type)}</td><td>${prose(description)}</td></tr>`;
