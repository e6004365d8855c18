/** The tree of commands: the platform's by the contract, and a few of the command line's own. */
import { openAsBlob, readFileSync } from 'node:fs';
import { Command, Help, Option } from 'commander';
import { procedures, type Procedure, type ProcedureTree } from '@basalt/contract';
import { events, imageUpload } from '@basalt/sdk';
import { callRun, clientOf, type CallFlags, type GlobalOptions, type Terminal } from './call.ts';
import { completionScript, shells, type Shell } from './completion.ts';
import { fieldsOf, kebab, type Field } from './fields.ts';
import { answerText, outputs } from './output.ts';
import { privateKeyRead, profileKeep, profilesRead } from './profiles.ts';
import { UsageError } from './usage-error.ts';
import { titles } from './words.ts';

function describe(field: Field, { say }: Terminal): string {
  const notes = [
    field.choices.length > 0 ? field.choices.join(' | ') : field.kind === 'list' ? `${field.of}[]` : field.kind,
    ...(field.kind === 'list' ? [say('repeated')] : []),
    ...(field.required ? [say('required')] : []),
    ...(field.default === undefined || typeof field.default === 'object'
      ? []
      : [`${say('defaultIs')} ${JSON.stringify(field.default)}`]),
  ];
  return notes.join('; ');
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function optionOf(field: Field, terminal: Terminal): Option {
  const word = field.kind === 'boolean' ? '[true|false]' : `<${field.kind === 'list' ? field.of : field.kind}>`;
  const option = new Option(`${field.flag} ${word}`, describe(field, terminal));
  return field.kind === 'list' ? option.argParser(collect) : option;
}

function globals(command: Command, { say }: Terminal): Command {
  return command
    .option('--profile <name>', say('optProfile'))
    .option('--url <url>', say('optUrl'))
    .option('--region <key>', say('optRegion'))
    .addOption(new Option('--output <format>', say('optOutput')).choices([...outputs]).default('table'));
}

/** The places of a path but the region, which has an option and a default. */
const placesOf = ({ rest }: Procedure): string[] =>
  [...rest.path.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => name).filter((name) => name !== 'region');

function callCommand(area: string, verb: string, procedure: Procedure, terminal: Terminal): Command {
  const { env, say } = terminal;
  const places = placesOf(procedure);
  const command = new Command(kebab(verb))
    .summary(procedure.summary[env.locale])
    .description(procedure.summary[env.locale]);
  if (kebab(verb) !== verb) command.alias(verb);
  for (const place of places) command.argument(`[${place}]`);
  globals(command, terminal);
  for (const field of fieldsOf(procedure)) if (field.flag !== '--region') command.addOption(optionOf(field, terminal));
  command.option('--json <input>', say('optJson'));
  if (procedure.kind === 'mutation')
    command.option('--wait', say('optWait')).option('--wait-timeout <seconds>', say('optWaitTimeout'));
  else command.option('--fields <names>', say('optFields')).option('--all', say('optAll'));
  const attribute = (flag: string): string => new Option(`${flag} <x>`).attributeName();
  return command.action((...given: unknown[]) => {
    const words = given.slice(0, places.length).filter((word) => typeof word === 'string');
    return callRun(terminal, {
      area,
      verb,
      procedure,
      places,
      given: words,
      options: command.opts<CallFlags & Record<string, unknown>>(),
      attribute,
    });
  });
}

function configureCommand(terminal: Terminal): Command {
  const { env, say } = terminal;
  return new Command('configure')
    .summary(say('configure'))
    .description(`${say('configure')}\n${say('configureNote')}`)
    .option('--profile <name>', say('optProfile'), 'default')
    .requiredOption('--url <url>', say('optUrl'))
    .requiredOption('--public-key <key>', say('optPublicKey'))
    .option('--private-key-file <file>', say('optPrivateKeyFile'))
    .option('--region <key>', say('optRegion'))
    .action((given: { profile: string; url: string; publicKey: string; privateKeyFile?: string; region?: string }) => {
      const { profile, privateKeyFile, ...rest } = given;
      if (privateKeyFile !== undefined) privateKeyRead(privateKeyFile, say);
      const typed = privateKeyFile === undefined ? readFileSync(0, 'utf8').trim() : null;
      if (typed === '') throw new UsageError(say('noPrivateKey'));
      profileKeep(env, profile, { ...rest, ...(privateKeyFile === undefined ? {} : { privateKeyFile }) }, typed, say);
      terminal.out(say('saved', { name: profile }));
    });
}

function ownCommandsOf(terminal: Terminal): Command[] {
  const { env, say, out } = terminal;
  const profiles = new Command('profiles')
    .summary(say('profiles'))
    .addOption(new Option('--output <format>').choices([...outputs]).default('table'));
  profiles.action(({ output }: GlobalOptions) => {
    const { current, profiles: all } = profilesRead(env);
    const items = Object.entries(all).map(([name, { url, publicKey, region }]) => ({
      name,
      url,
      publicKey,
      region: region ?? null,
      current: name === current,
    }));
    out(answerText({ items }, output, say));
  });
  const whoami = globals(new Command('whoami').summary(say('whoami')), terminal);
  whoami.action(async (options: GlobalOptions) => {
    const client = await clientOf(terminal, options, false);
    const { account, permissions, ownPermissions, scopedPermissions, regions, locale } = await client.session.current();
    const all = {
      ...account,
      regions,
      locale,
      permissions,
      ownPermissions,
      scopedPermissions,
      publicKey: client.options.key.publicKey,
      url: client.options.url,
    };
    out(
      answerText(
        options.output === 'table'
          ? {
              ...all,
              permissions: permissions.length,
              ownPermissions: ownPermissions.length,
              scopedPermissions: scopedPermissions.length,
            }
          : all,
        options.output,
        say,
      ),
    );
  });
  const completion = new Command('completion').summary(say('completion')).argument(`<${shells.join('|')}>`);
  completion.action((shell: string) => {
    if (!shells.includes(shell as Shell))
      throw new UsageError(say('notOneOf', { name: 'completion', choices: shells.join(', ') }));
    out(completionScript(shell as Shell, env.locale).trimEnd());
  });
  const live = globals(new Command('events').summary(say('events')), terminal).option(
    '--after <sequence>',
    say('optAfter'),
  );
  live.action(async (options: GlobalOptions & { after?: string }) => {
    const client = await clientOf(terminal, options, true);
    for await (const message of events(client, options.after === undefined ? {} : { after: options.after }))
      out(JSON.stringify(message));
  });
  const upload = globals(new Command('upload').summary(say('upload')).argument('<image>').argument('<file>'), terminal);
  upload.action(async (image: string, file: string, options: GlobalOptions) => {
    const client = await clientOf(terminal, options, true);
    const content = await openAsBlob(file);
    await imageUpload(client, image, content, {
      onProgress: (sent) => terminal.tell(say('sent', { sent, size: content.size }), sent === content.size),
    });
    out(answerText({}, options.output, say));
  });
  return [configureCommand(terminal), profiles, whoami, completion, live, upload];
}

/** Commander's own words in the terminal's language. */
function localised(command: Command, terminal: Terminal): void {
  const isChinese = terminal.env.locale === 'zh-CN';
  command.configureHelp({
    showGlobalOptions: false,
    styleTitle: (title) => (isChinese ? (titles[title] ?? title) : title),
    optionDescription: (option) =>
      option.long === '--help' && isChinese
        ? '显示帮助'
        : option.long === '--output'
          ? terminal.say('optOutput')
          : new Help().optionDescription(option),
  });
  if (isChinese && command.commands.length > 0) command.helpCommand('help [command]', '显示帮助');
  command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: (text) => terminal.out(text.trimEnd()) });
  for (const child of command.commands) localised(child, terminal);
}

export function programMake(terminal: Terminal): Command {
  const { env, say } = terminal;
  const program = new Command('basalt').description(`${say('about')}\n${say('usageHint')}`);
  for (const command of ownCommandsOf(terminal)) program.addCommand(command);
  const tree: ProcedureTree = procedures;
  for (const [area, verbs] of Object.entries(tree)) {
    const list = Object.values(verbs).map(({ summary }) => summary[env.locale]);
    const command = new Command(kebab(area)).summary(list.slice(0, 3).join(env.locale === 'zh-CN' ? '、' : '; '));
    if (kebab(area) !== area) command.alias(area);
    for (const [verb, procedure] of Object.entries(verbs))
      command.addCommand(callCommand(area, verb, procedure, terminal));
    program.addCommand(command);
  }
  localised(program, terminal);
  return program;
}
