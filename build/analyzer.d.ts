// The part of the analyzer that is used here; its own declarations leave it out.
declare module '@custom-elements-manifest/analyzer/cli.js' {
  export function cli(options: {
    readonly argv: readonly string[]
    readonly cwd: string
    readonly noWrite: boolean
  }): Promise<import('./manifest.ts').Manifest>
}
