// The last part of `npm run build`: puts the workflows' bundle into the package, so that no process makes it at its start.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows, packagedBundle } from './workflow-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Its source map does not say where the package was built. */
function withoutRoot(code: string): string {
  return code.replace(/(?<=;base64,)[\w+/=]+(?=\s*$)/, (map) => {
    const text = Buffer.from(map, 'base64').toString('utf8');
    return Buffer.from(text.replaceAll(root, '/legato/')).toString('base64');
  });
}

await writeFile(packagedBundle, withoutRoot((await bundleWorkflows()).code));
