/** Completion scripts from the contract: areas, verbs and options as words, without a start of Node.js per key press. */
import { procedures, type Locale, type ProcedureTree } from '@basalt/contract';
import { fieldsOf, kebab } from './fields.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const tree: ProcedureTree = procedures;
export const ownCommands = ['configure', 'profiles', 'whoami', 'completion', 'events', 'upload'] as const;
const common = ['--profile', '--url', '--region', '--output', '--help'];
const commonMutation = ['--json', '--wait', '--wait-timeout'];
const commonQuery = ['--json', '--fields', '--all'];

interface Leaf {
  readonly area: string;
  readonly verb: string;
  readonly text: string;
  readonly flags: readonly string[];
  /** Words that an option may have: `--protocol` → `vnc`, `serial`. */
  readonly choices: readonly (readonly [string, readonly string[]])[];
}

const leaves = (locale: Locale): Leaf[] =>
  Object.entries(tree).flatMap(([area, verbs]) =>
    Object.entries(verbs).map(([verb, procedure]) => {
      const fields = fieldsOf(procedure);
      const more = procedure.kind === 'query' ? commonQuery : commonMutation;
      return {
        area: kebab(area),
        verb: kebab(verb),
        text: procedure.summary[locale],
        flags: [...new Set([...fields.map(({ flag }) => flag), ...more, ...common])],
        choices: fields
          .filter(({ choices }) => choices.length > 0)
          .map(({ flag, choices }) => [flag, choices] as const),
      };
    }),
  );

const areasOf = (all: readonly Leaf[]): string[] => [...new Set(all.map(({ area }) => area))];
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(all: readonly Leaf[]): string {
  const areas = areasOf(all);
  const verbs = areas.map(
    (area) =>
      `    ${area}) words=${quoted(
        all
          .filter((leaf) => leaf.area === area)
          .map(({ verb }) => verb)
          .join(' '),
      )} ;;`,
  );
  const flags = all.map(
    (leaf) => `    ${quoted(`${leaf.area} ${leaf.verb}`)}) words=${quoted(leaf.flags.join(' '))} ;;`,
  );
  const values = all.flatMap((leaf) =>
    leaf.choices.map(
      ([flag, choices]) => `    ${quoted(`${leaf.area} ${leaf.verb} ${flag}`)}) words=${quoted(choices.join(' '))} ;;`,
    ),
  );
  return `_basalt() {
  local words='' current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local area="\${COMP_WORDS[1]}" verb="\${COMP_WORDS[2]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${quoted([...areas, ...ownCommands].join(' '))}
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "$area" in
${verbs.join('\n')}
    completion) words='bash zsh fish' ;;
    esac
  elif [ "$before" = --output ]; then
    words='table json yaml'
  else
    case "$area $verb $before" in
${values.join('\n')}
    esac
    if [ -z "$words" ]; then
      case "$area $verb" in
${flags.join('\n')}
      esac
    fi
  fi
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
}
complete -F _basalt basalt
`;
}

const described = (name: string, text: string): string =>
  quoted(`${name}:${text.replaceAll('\\', String.raw`\\`).replaceAll(':', String.raw`\:`)}`);

function zsh(all: readonly Leaf[], locale: Locale): string {
  const areas = areasOf(all);
  const verbs = areas.map(
    (area) =>
      `    ${area}) picks=(${all
        .filter((leaf) => leaf.area === area)
        .map(({ verb, text }) => described(verb, text))
        .join(' ')}) ;;`,
  );
  const flags = all.map(
    (leaf) => `    ${quoted(`${leaf.area} ${leaf.verb}`)}) picks=(${leaf.flags.map(quoted).join(' ')}) ;;`,
  );
  return `#compdef basalt
# ${locale}
_basalt() {
  local -a picks
  local area="\${words[2]}" verb="\${words[3]}"
  if (( CURRENT == 2 )); then
    local -a areas=(${[...areas, ...ownCommands].map(quoted).join(' ')})
    _describe 'area' areas
    return
  fi
  if (( CURRENT == 3 )); then
    case "$area" in
${verbs.join('\n')}
    completion) picks=(bash zsh fish) ;;
    esac
  else
    case "$area $verb" in
${flags.join('\n')}
    esac
  fi
  _describe 'basalt' picks
}
compdef _basalt basalt
`;
}

function fish(all: readonly Leaf[]): string {
  const areas = areasOf(all);
  const lines = [
    'complete -c basalt -f',
    `complete -c basalt -n __fish_use_subcommand -a ${quoted([...areas, ...ownCommands].join(' '))}`,
    `complete -c basalt -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'`,
    `complete -c basalt -l output -x -a 'table json yaml'`,
    ...['profile', 'url', 'region'].map((name) => `complete -c basalt -l ${name} -x`),
  ];
  for (const { area, verb, text, flags, choices } of all) {
    const at = `test (count (commandline -opc)) -eq 2; and __fish_seen_subcommand_from ${area}`;
    lines.push(`complete -c basalt -n ${quoted(at)} -a ${quoted(verb)} -d ${quoted(text)}`);
    const within = `__fish_seen_subcommand_from ${area}; and __fish_seen_subcommand_from ${verb}`;
    const words = new Map(choices);
    for (const flag of flags) {
      if (common.includes(flag)) continue;
      const values = words.get(flag);
      lines.push(
        `complete -c basalt -n ${quoted(within)} -l ${flag.slice(2)}${values ? ` -x -a ${quoted(values.join(' '))}` : ''}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

export function completionScript(shell: Shell, locale: Locale): string {
  const all = leaves(locale);
  if (shell === 'bash') return bash(all);
  return shell === 'zsh' ? zsh(all, locale) : fish(all);
}
