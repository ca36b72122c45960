/** Which GitHub: github.com, Enterprise Server, or Enterprise Cloud with data residency. */
import type { Reader } from './config.ts';

const publicGitHub = 'https://api.github.com';

/** Reads `GHE_HOST` (a host name) or `GITHUB_API_URL` (a base address); without either it is github.com. */
export function readApiUrl(reader: Omit<Reader, 'readFile'>): string {
  const host = reader.get('GHE_HOST');
  const url = reader.get('GITHUB_API_URL');
  const fromHost = host === undefined ? undefined : apiUrlOfHost(host, reader);
  const fromUrl = url === undefined ? undefined : checkUrl(url, reader);
  if (fromHost !== undefined && fromUrl !== undefined && fromHost !== fromUrl) {
    reader.report('GHE_HOST', `means ${fromHost}, but GITHUB_API_URL is ${fromUrl}`, 'unset one of them');
  }
  return fromHost ?? fromUrl ?? publicGitHub;
}

function apiUrlOfHost(host: string, reader: Omit<Reader, 'readFile'>): string | undefined {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(host)) {
    reader.report(
      'GHE_HOST',
      `is "${host}", which is no host name`,
      'write it like github.example.com, without https://',
    );
    return undefined;
  }
  const name = host.toLowerCase();
  return name.endsWith('.ghe.com') ? `https://api.${name}` : `https://${name}/api/v3`;
}

function checkUrl(text: string, reader: Omit<Reader, 'readFile'>): string | undefined {
  const remedy = 'write it like https://github.example.com/api/v3';
  const url = URL.parse(text);
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    reader.report('GITHUB_API_URL', 'is no plain address', remedy);
    return undefined;
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    reader.report('GITHUB_API_URL', 'does not use https, so tokens could be read on the way', remedy);
    return undefined;
  }
  return url.href.replace(/\/+$/, '');
}
