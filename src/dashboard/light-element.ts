import { LitElement } from 'lit'

/** An element that draws into the page itself, so that one style sheet serves all of them. */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this
  }
}
