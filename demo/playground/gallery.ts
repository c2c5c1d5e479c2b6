import { html, type TemplateResult } from 'lit'
import { FakeClient } from './fake-client.ts'
import { type Scene, scenesAt } from './scenes.ts'

/** Every state and every view, as a pill and as a card. */
export function drawGallery(): TemplateResult {
  const { reports, views } = scenesAt(Date.now())
  return html`
    <main class="gallery">
      <h1>Gallery</h1>
      <h2>Reports</h2>
      <div class="cells">${reports.map(drawCell)}</div>
      <h2>View of the chain</h2>
      <div class="cells">${views.map(drawCell)}</div>
    </main>
  `
}

function drawCell(scene: Scene): TemplateResult {
  return html`
    <section class="cell" aria-label=${scene.name} data-scene=${scene.name}>
      <h3>${scene.name}</h3>
      ${drawElement(scene, 'pill')} ${drawElement(scene, 'card')}
    </section>
  `
}

const TARGET = 'https://heartbeat.example/.well-known/fil-heartbeat.json'

/** An element that shows a scene. Its face is loaded after it, so the scene is shown again then. */
function drawElement(scene: Scene, variant: 'pill' | 'card'): TemplateResult {
  const client = new FakeClient(scene)
  return html`<fil-heartbeat
    variant=${variant}
    target=${TARGET}
    nickname="Demo wallet"
    .chain=${scene.chain ?? 'calibration'}
    operator-name="Fathom"
    privacy-url="https://heartbeat.example/privacy"
    retention-days="7"
    .client=${client}
  ></fil-heartbeat>`
}
