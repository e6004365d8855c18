/**
 * Regenerates src/gen from libvirt's own definitions. Run on a Debian machine with network:
 *   node tools/generate.ts
 * The definitions are fetched into a temporary directory and are not kept: only names, numbers and types are.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { apiParse, enumsGenerate } from './enum-generator.ts';
import { protocolGenerate } from './x-generator.ts';
import { type XDefinition, protocolParse } from './x-parser.ts';

const run = promisify(execFile);
const MINUTES_5 = { timeout: 300_000 };
const GEN = join(import.meta.dirname, '../src/gen');
/** From C headers: no macro of the API description carries these as numbers. */
const BUFFER_LENGTHS = {
  VIR_UUID_BUFLEN: 16,
  VIR_SECURITY_LABEL_BUFLEN: 4097,
  VIR_SECURITY_MODEL_BUFLEN: 257,
  VIR_SECURITY_DOI_BUFLEN: 257,
};

const debianSources = (uri: string, suite: string): string =>
  `Types: deb-src\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;

/** Unpacked source and API description; apt's own lists stay untouched. */
const sourceFetch = async (dir: string): Promise<{ source: string; api: string; version: string }> => {
  await mkdir(join(dir, 'parts'));
  await mkdir(join(dir, 'lists/partial'), { recursive: true });
  const release = /VERSION_CODENAME=(\w+)/.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm';
  await writeFile(join(dir, 'parts/source.sources'), debianSources('http://deb.debian.org/debian', release));
  const options = ['sourceparts=' + join(dir, 'parts'), 'sourcelist=/dev/null'].flatMap((o) => [
    '-o',
    `Dir::Etc::${o}`,
  ]);
  const apt = [...options, '-o', `Dir::State::lists=${join(dir, 'lists')}`, '-o', 'APT::Sandbox::User=root'];
  await run('apt-get', [...apt, 'update'], { ...MINUTES_5, cwd: dir });
  await run('apt-get', [...apt, 'source', '--download-only', 'libvirt'], { ...MINUTES_5, cwd: dir });
  await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'libvirt-dev'], { ...MINUTES_5, cwd: dir });
  const files = await readdir(dir);
  const find = (pattern: RegExp): string => {
    const name = files.find((file) => pattern.test(file));
    if (name === undefined) throw new Error(`${pattern} was not downloaded`);
    return name;
  };
  const tarball = find(/^libvirt_.*\.orig\.tar\.xz$/);
  await run('tar', ['xf', tarball], { ...MINUTES_5, cwd: dir });
  await run('dpkg', ['-x', find(/^libvirt-dev_.*\.deb$/), 'dev'], { ...MINUTES_5, cwd: dir });
  const version = /^libvirt_(.+)\.orig/.exec(tarball)?.[1] ?? 'unknown';
  const api = join(dir, 'dev/usr/share/libvirt/api/libvirt-api.xml');
  return { source: join(dir, `libvirt-${version}/src`), api, version };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const generateAll = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'libvirt-source-'));
  try {
    const { source, api, version } = await sourceFetch(dir);
    const description = await readFile(api, 'utf8');
    const parsed = apiParse(description);
    const typedParams = Object.fromEntries(
      (parsed.enums.get('virTypedParameterType') ?? []).map((m) => [m.name, m.value]),
    );
    const externals = { ...BUFFER_LENGTHS, ...typedParams };
    const header = (file: string, text: string) => ({ file, version, sha256: sha256(text) });
    await mkdir(GEN, { recursive: true });
    await writeFile(join(GEN, 'enums.ts'), enumsGenerate(parsed, header('libvirt-api.xml', description)));
    const protocol = async (
      name: string,
      file: string,
      imports: Readonly<Record<string, XDefinition[]>> = {},
    ): Promise<XDefinition[]> => {
      const text = await readFile(join(source, file), 'utf8');
      const definitions = protocolParse(text);
      const output = protocolGenerate({ program: name, definitions, source: header(file, text), externals, imports });
      await writeFile(join(GEN, `${name}.ts`), output);
      return definitions;
    };
    await protocol('net', 'rpc/virnetprotocol.x');
    const remote = await protocol('remote', 'remote/remote_protocol.x');
    await protocol('qemu', 'remote/qemu_protocol.x', { remote });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

await generateAll();
