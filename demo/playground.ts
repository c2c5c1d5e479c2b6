// The playground: the element with every attribute as a control, every state and view at a click, in
// each theme and language. Its client is a fake one, so nothing is dialled. #gallery shows all at once.

import { html, render, type TemplateResult } from 'lit'
import type { ClientOptions } from '../src/client/index.ts'
import type { FilHeartbeatElement } from '../src/element/index.ts'
import { COPIED_PERIOD } from './constants.ts'
import { type Attribute, drawControls, markupOf, readAttributes } from './playground/controls.ts'
import { FakeClient } from './playground/fake-client.ts'
import { drawGallery } from './playground/gallery.ts'
import { type Scene, scenesAt } from './playground/scenes.ts'

const LANGUAGES = { en: 'English', zh: '中文', ar: 'العربية' }
const THEMES = ['auto', 'light', 'dark']
const WIDTHS = {
  full: 'Full',
  '400px': '400 px',
  '200px': '200 px',
  '120px': '120 px',
  '40px': '40 px'
}

/** Attributes that no client is told of. */
const LOOKS = new Set(['variant', 'operator-name', 'privacy-url', 'retention-days'])

const query = new URLSearchParams(location.search)
const { reports, views } = scenesAt(Date.now())
const client = new FakeClient(reports[0] as Scene)
let copyTimer: ReturnType<typeof setTimeout> | undefined
const values = new Map([
  ['target', 'https://heartbeat.example/.well-known/fil-heartbeat.json'],
  ['nickname', 'Demo wallet'],
  ['operator-name', 'Fathom'],
  ['privacy-url', 'https://heartbeat.example/privacy'],
  ['retention-days', '7']
])
const page = {
  scene: reports[0] as Scene,
  language: query.get('lang') ?? 'en',
  theme: query.get('theme') ?? 'auto',
  width: 'full',
  copy: 'Copy'
}

// The gallery is asked for nothing; the controls are read off the manifest.
const attributes: readonly Attribute[] = location.hash === '#gallery' ? [] : await readAttributes()

await customElements.whenDefined('fil-heartbeat')
addEventListener('hashchange', () => location.reload())
draw()
if (location.hash === '#gallery') await showAgain()

function draw(): void {
  const { documentElement } = document
  documentElement.lang = page.language
  documentElement.dir = page.language === 'ar' ? 'rtl' : 'ltr'
  documentElement.dataset.theme = page.theme
  render(location.hash === '#gallery' ? drawGallery() : drawPlayground(), document.body)
  const stage = document.querySelector<HTMLElement>('.stage')
  if (stage !== null) stage.style.inlineSize = page.width === 'full' ? '' : page.width
}

// The last beats are told once the elements have a face that takes note of them.
async function showAgain(): Promise<void> {
  const elements = [...document.querySelectorAll('fil-heartbeat')]
  const isDrawn = (): boolean =>
    elements.every((each) => each.shadowRoot?.querySelector('.face h2, .face .pill') != null)
  while (!isDrawn()) await new Promise(requestAnimationFrame)
  for (const element of elements) {
    const shown = element.client as FakeClient
    shown.show({ name: '', state: shown.state, view: shown.view })
  }
  document.body.dataset.ready = ''
}

function drawPlayground(): TemplateResult {
  return html`
    <header>
      <h1>fil-heartbeat</h1> <span>playground</span>
      <a href="#gallery">Everything at once</a>
    </header>
    <main>
      <section class="show" aria-label="The element">
        <div class="stage">${drawElement()}</div>
        <div class="looks">
          ${drawChoice('Theme', 'theme', Object.fromEntries(THEMES.map((each) => [each, each])))}
          ${drawChoice('Language', 'language', LANGUAGES)} ${drawChoice('Width', 'width', WIDTHS)}
        </div>
      </section>
      <section aria-label="Scenes">
        ${drawScenes('Reports', reports)} ${drawScenes('View of the chain', views)}
      </section>
      <section aria-label="Controls">${drawControls(attributes, values, setAttribute)}</section>
      <section aria-label="Code">
        <h2>Code <button @click=${copyCode}>${page.copy}</button></h2>
        <pre tabindex="0">${markupOf(values)}</pre>
      </section>
    </main>
  `
}

function drawElement(): TemplateResult {
  return html`<fil-heartbeat .client=${client} @fil-heartbeat-change=${draw}></fil-heartbeat>`
}

function drawScenes(title: string, scenes: readonly Scene[]): TemplateResult {
  return html`
    <h2>${title}</h2>
    <div class="scenes">
      ${scenes.map(
        (scene) => html`<button
          aria-pressed=${scene.name === page.scene.name}
          @click=${() => {
            page.scene = scene
            applyAttributes()
            client.show(scene)
            draw()
          }}
        >
          ${scene.name}
        </button>`
      )}
    </div>
  `
}

function drawChoice(
  title: string,
  what: 'theme' | 'language' | 'width',
  choices: Readonly<Record<string, string>>
): TemplateResult {
  const choose = ({ target }: Event): void => {
    page[what] = (target as HTMLSelectElement).value
    draw()
  }
  return html`<label>
    ${title}
    <select @change=${choose}>
      ${Object.entries(choices).map(
        ([value, name]) =>
          html`<option value=${value} ?selected=${value === page[what]}>${name}</option>`
      )}
    </select>
  </label>`
}

function setAttribute(name: string, value: string): void {
  if (value === '') values.delete(name)
  else values.set(name, value)
  applyAttributes()
  draw()
}

function applyAttributes(): void {
  const element = document.querySelector<FilHeartbeatElement>('.stage fil-heartbeat')
  if (element === null) return
  for (const { name } of attributes) {
    const value = values.get(name)
    if (value === undefined) element.removeAttribute(name)
    else element.setAttribute(name, value)
  }
  element.chain = page.scene.chain ?? (values.get('chain') as FilHeartbeatElement['chain'])
  const options = attributes
    .filter(({ name }) => !LOOKS.has(name))
    .map(({ fieldName }) => [
      fieldName,
      element[fieldName as keyof ClientOptions & keyof FilHeartbeatElement]
    ])
  client.configure(
    Object.fromEntries(options.filter(([, value]) => value != null)) as unknown as ClientOptions
  )
}

async function copyCode(): Promise<void> {
  clearTimeout(copyTimer)
  page.copy = await navigator.clipboard.writeText(markupOf(values)).then(
    () => 'Copied',
    () => 'Not copied: the browser does not allow it'
  )
  draw()
  copyTimer = setTimeout(() => {
    page.copy = 'Copy'
    draw()
  }, COPIED_PERIOD)
}

applyAttributes()
