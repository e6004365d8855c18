/** The rules of a password as a live list: what the gateway checks, said before anything is sent (IAM-07). */

/** As `platform.info` tells them. */
export interface PasswordRules {
  minLength: number;
  maxLength: number;
  /** How many of upper case, lower case, digits and symbols must be there. */
  minClasses: number;
  symbols: string;
}

export interface RuleState {
  key: 'length' | 'classes' | 'characters';
  met: boolean;
}

/** Each rule with whether the password meets it; nothing typed meets none. */
export function passwordRuleStates(password: string, rules: PasswordRules): RuleState[] {
  const characters = Array.from(password);
  const isSymbol = (character: string) => rules.symbols.includes(character);
  const classes = [/[A-Z]/u.test(password), /[a-z]/u.test(password), /\d/u.test(password), characters.some(isSymbol)];
  const allowed = characters.every((character) => /[A-Za-z0-9]/u.test(character) || isSymbol(character));
  return [
    { key: 'length', met: password.length >= rules.minLength && password.length <= rules.maxLength },
    { key: 'classes', met: classes.filter(Boolean).length >= rules.minClasses },
    { key: 'characters', met: password !== '' && allowed },
  ];
}

export const passwordMeets = (password: string, rules: PasswordRules): boolean =>
  passwordRuleStates(password, rules).every(({ met }) => met);
