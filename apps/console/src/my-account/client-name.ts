/** What a client calls itself, made readable: "Chrome 141 · Windows". Kept for people; nothing is decided by it. */

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\/(\d+)/u, 'Edge'],
  [/\bOPR\/(\d+)/u, 'Opera'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/u, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/u, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//u, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bWindows NT/u, 'Windows'],
  [/\b(?:iPhone|iPad)/u, 'iOS'],
  [/\bAndroid/u, 'Android'],
  [/\bCrOS\b/u, 'ChromeOS'],
  [/\bMac OS X/u, 'macOS'],
  [/\bLinux\b/u, 'Linux'],
];

/** Browser with its major version and system; a program by its own name and version; what is neither, cut short. */
export function clientName(userAgent: string): string {
  const text = userAgent.trim();
  const system = systems.find(([pattern]) => pattern.test(text))?.[1];
  for (const [pattern, name] of browsers) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) return [`${name} ${version}`, ...(system === undefined ? [] : [system])].join(' · ');
  }
  const program = /^([\w.-]{1,40})\/(\d[\w.-]{0,20})/u.exec(text);
  if (program && program[1] !== 'Mozilla') return `${program[1]} ${program[2]}`;
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}
