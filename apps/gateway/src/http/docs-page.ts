/** A page to read the API by, without scripts and without anything from elsewhere. */
import { SIGNATURE_SCHEME } from '@basalt/contract';
import { REST_PATH, restRoutes, type RestRoute } from './rest-door.ts';
import { exampleOf } from './openapi-example.ts';
import { jsonSchemaOf, type JsonSchema } from './rest-input.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (raw: string): string => raw.replaceAll(/[&<>"']/gu, (character) => escapes[character] ?? '');

const typeText = (schema: JsonSchema): string => {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return choice.map(typeText).join(' | ');
  if (schema.type === 'array') return `${typeText(schema.items ?? {})}[]`;
  return schema.format ?? [schema.type ?? 'any'].flat().join(' | ');
};

function fieldRows(schema: JsonSchema): string {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .map(([name, of]) => {
      const otherwise = of.default === undefined ? '' : JSON.stringify(of.default);
      return `<tr><td><code>${text(name)}</code>${required.has(name) ? ' *' : ''}</td><td>${text(typeText(of))}</td><td>${text(otherwise)}</td></tr>`;
    })
    .join('');
}

function section({ name, procedure, schema }: RestRoute): string {
  const { method, path } = procedure.rest;
  const answer = JSON.stringify(exampleOf(jsonSchemaOf(procedure.output, 'output')), undefined, 2);
  return `<section id="${text(name)}"><h3><span class="${method}">${method}</span> <code>${REST_PATH}${text(path)}</code></h3>
<p>${text(procedure.summary['en-US'])} · ${text(procedure.summary['zh-CN'])} — <code>${text(name)}</code>, <code>${text(procedure.access)}</code></p>
<table><thead><tr><th>field</th><th>type</th><th>default</th></tr></thead><tbody>${fieldRows(schema)}</tbody></table>
<details><summary>answer</summary><pre>${text(answer)}</pre></details></section>`;
}

const style = `:root{color-scheme:light dark;--line:#8884}body{font:14px/1.5 system-ui,sans-serif;max-width:960px;margin:0 auto;padding:24px}
h1{font-size:22px}h2{margin-top:40px;border-bottom:1px solid var(--line)}h3{margin:24px 0 4px;font-size:14px}code,pre{font:12px/1.5 ui-monospace,monospace}
pre{overflow:auto;padding:12px;border:1px solid var(--line);border-radius:6px}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:4px 8px;border-bottom:1px solid var(--line);vertical-align:top}
nav a{margin-right:12px}h3 span{display:inline-block;min-width:56px;font-weight:600}.GET{color:#2563eb}.POST{color:#15803d}.PATCH,.PUT{color:#b45309}.DELETE{color:#dc2626}`;

let made: string | null = null;

/** HTML of the page; `nonce` is that of its content-security-policy. */
export function docsPage(nonce: string, version: string): string {
  const areas = [...new Set(restRoutes.map(({ name }) => name.split('.')[0] ?? ''))].toSorted();
  made ??= areas
    .map(
      (area) =>
        `<h2 id="${text(area)}">${text(area)}</h2>${restRoutes
          .filter(({ name }) => name.startsWith(`${area}.`))
          .map(section)
          .join('\n')}`,
    )
    .join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Basalt API</title><meta name="viewport" content="width=device-width"><style nonce="${nonce}">${style}</style></head><body>
<h1>Basalt API ${text(version)}</h1>
<p>The same operations that the console uses. Machine-readable: <a href="${REST_PATH}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<p>Programs sign each request with an API key (<code>authorization: ${SIGNATURE_SCHEME} …</code>, see the description in openapi.json); the command line and the SDK do it for you.</p>
<pre>basalt configure --url $BASALT_URL --public-key bk_… &lt; private-key
basalt vm list --limit 20
basalt vm create --help</pre>
<p>Fields with * are required. In a query, objects are JSON (<code>filter={"state":["running"]}</code>) or dotted (<code>filter.state=running</code>).</p>
<nav>${areas.map((area) => `<a href="#${text(area)}">${text(area)}</a>`).join('')}</nav>
${made}</body></html>`;
}
