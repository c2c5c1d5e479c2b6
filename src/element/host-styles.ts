import { css } from 'lit'

/** The room that the element takes before anything can be drawn in it. */
export const hostStyles = css`
  :host {
    display: inline-block;
    box-sizing: border-box;
    min-inline-size: 32px;
    min-block-size: 32px;
    max-inline-size: 100%;
    vertical-align: middle;
  }
  :host([variant='card']) {
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
`
