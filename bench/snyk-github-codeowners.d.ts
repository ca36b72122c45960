/** The part of the package that the benchmark uses; it comes without types. */
declare module '@snyk/github-codeowners/dist/lib/ownership/OwnershipEngine.js' {
  export const OwnershipEngine: {
    FromCodeownersFile(file: string): { calcFileOwnership(path: string): string[] };
  };
}
