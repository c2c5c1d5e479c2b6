import { onLanguageAdded } from './languages.ts'

/** Where a page says nothing of its language. */
const DEFAULT_LANGUAGE = 'en'

/**
 * Tells the language that an element stands in, and again whenever that changes, until the signal
 * aborts. Resolves when what the first call began has ended.
 */
export async function followLanguage(
  element: Element,
  signal: AbortSignal,
  onLanguage: (tag: string) => Promise<void>
): Promise<void> {
  let last = languageOf(element)
  const look = (): void => {
    const tag = languageOf(element)
    if (tag === last) return
    last = tag
    void onLanguage(tag)
  }
  const observer = new MutationObserver(look)
  for (const root of rootsOf(element)) {
    observer.observe(root, { attributes: true, attributeFilter: ['lang'], subtree: true })
  }
  const forget = onLanguageAdded(() => void onLanguage(last))
  signal.addEventListener('abort', () => {
    observer.disconnect()
    forget()
  })
  await onLanguage(last)
}

/** What the nearest ancestor says, also outside of the shadow trees that the element lies in. */
function languageOf(element: Element): string {
  const found = element.closest<HTMLElement>('[lang]')?.lang
  if (found) return found
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? languageOf(root.host) : DEFAULT_LANGUAGE
}

function rootsOf(element: Element): Node[] {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? [root, ...rootsOf(root.host)] : [root]
}
