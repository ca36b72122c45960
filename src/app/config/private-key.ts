/** The private key of the GitHub App, checked before anything is asked of GitHub. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Reader } from './config.ts';

const fewestBits = 2048;

const download = 'download one from the settings page of your GitHub App, under "Private keys"';

/** Reads `PRIVATE_KEY` (PEM; line breaks may be written as `\n`) or the file that `PRIVATE_KEY_PATH` names. */
export function readPrivateKey(reader: Reader): string {
  const inline = reader.get('PRIVATE_KEY');
  const path = reader.get('PRIVATE_KEY_PATH');
  if (inline !== undefined && path !== undefined) {
    reader.report('PRIVATE_KEY', 'and PRIVATE_KEY_PATH are both set', 'unset one of them');
    return '';
  }
  if (inline !== undefined) return checkKey('PRIVATE_KEY', inline.replaceAll(String.raw`\n`, '\n'), reader);
  if (path !== undefined) return readKeyFile(path, reader);
  reader.report('PRIVATE_KEY', 'is missing, and so is PRIVATE_KEY_PATH', `set one of them; ${download}`);
  return '';
}

function readKeyFile(path: string, reader: Reader): string {
  let pem: string;
  try {
    pem = reader.readFile(path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    reader.report(
      'PRIVATE_KEY_PATH',
      `names "${path}", which cannot be read${why}`,
      'name a PEM file that can',
    );
    return '';
  }
  return checkKey('PRIVATE_KEY_PATH', pem, reader);
}

function checkKey(variable: string, pem: string, reader: Reader): string {
  const key = parseKey(pem);
  if (key === null) {
    const what = /-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)
      ? 'is a public key'
      : /ENCRYPTED/.test(pem)
        ? 'is encrypted with a passphrase'
        : 'is no private key in PEM format';
    reader.report(variable, what, download);
    return '';
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < fewestBits) {
    const what = key.asymmetricKeyType === 'rsa' ? `RSA with ${bits} bits` : key.asymmetricKeyType;
    reader.report(variable, `is ${what}, but GitHub Apps have RSA keys of ${fewestBits} bits`, download);
  }
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parseKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
