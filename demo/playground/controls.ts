import { html, nothing, type TemplateResult } from 'lit'

/** An attribute of the element, as its manifest describes it. */
export interface Attribute {
  readonly name: string
  /** The property that it sets. */
  readonly fieldName: string
  readonly description?: string
  readonly default?: string
  readonly type?: { readonly text: string }
}

/** Reads the attributes from the manifest of the build. */
export async function readAttributes(): Promise<readonly Attribute[]> {
  const manifest = await (await fetch('/dist/custom-elements.json')).json()
  return manifest.modules[0].declarations[0].attributes
}

/** A control for each attribute. */
export function drawControls(
  attributes: readonly Attribute[],
  values: ReadonlyMap<string, string>,
  onChange: (name: string, value: string) => void
): TemplateResult {
  return html`
    <fieldset>
      <legend>Attributes</legend>
      ${attributes.map((attribute) => drawControl(attribute, values.get(attribute.name), onChange))}
    </fieldset>
  `
}

function drawControl(
  { name, description, default: usual, type }: Attribute,
  value: string | undefined,
  onChange: (name: string, value: string) => void
): TemplateResult {
  const choices = [...(type?.text ?? '').matchAll(/'([^']+)'/g)].map(([, choice = '']) => choice)
  const change = ({ target }: Event): void =>
    onChange(name, (target as HTMLInputElement | HTMLSelectElement).value)
  return html`
    <label>
      <code>${name}</code>
      ${
        choices.length > 0
          ? html`<select @change=${change}>
              <option value="">${usual ?? 'not set'}</option>
              ${choices
                .filter((choice) => choice !== usual)
                .map((choice) => html`<option ?selected=${choice === value}>${choice}</option>`)}
            </select>`
          : html`<input
              .value=${value ?? ''}
              placeholder=${usual ?? ''}
              spellcheck="false"
              @change=${change}
            />`
      }
      ${description === undefined ? nothing : html`<small>${description.replaceAll('`', '')}</small>`}
    </label>
  `
}

/** The markup that a page would carry for these values. */
export function markupOf(values: ReadonlyMap<string, string>): string {
  const quoted = [...values].map(
    ([name, value]) => `\n  ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`
  )
  return [
    '<script type="module" src="/dist/define.js"></script>',
    `<fil-heartbeat${quoted.join('')}${quoted.length > 0 ? '\n' : ''}></fil-heartbeat>`
  ].join('\n')
}
