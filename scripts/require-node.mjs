// Runs before anything that needs the pinned runtime. It is plain old JavaScript, so that an old Node can read it.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Curfew needs Node 24, and this is ${process.version}: run "npm ci" without --ignore-scripts (it installs Node 24 beside the project), then start it through npm, as in "npm start" or "npm run curfew -- --help".\n`,
  );
  process.exit(2);
}
