/** What the platform writes to the holders of accounts. Links carry their token in the fragment, which no server sees. */
import type { Locale } from '@basalt/contract';

export interface Letter {
  readonly subject: string;
  /** Paragraphs. */
  readonly lines: readonly string[];
}
export type MailText = Readonly<Record<Locale, Letter>>;

/** Names and addresses stand in lines of their own and cannot make new ones: contracts refuse control characters. */
interface About {
  readonly email: string;
  readonly address: string;
}

export const passwordResetMail = (link: string, minutes: number, { email, address }: About): MailText => ({
  'zh-CN': {
    subject: '重设登录密码',
    lines: [
      `有人（来源地址 ${address}）申请重设账号 ${email} 的登录密码。`,
      `请在 ${minutes} 分钟内打开以下链接设置新密码，链接只能使用一次：`,
      link,
      '如果不是您本人操作，请忽略此邮件，密码不会改变。',
    ],
  },
  'en-US': {
    subject: 'Set a new password',
    lines: [
      `Somebody at ${address} asked to set a new password for the account ${email}.`,
      `Open this link within ${minutes} minutes; it works once:`,
      link,
      'If it was not you, ignore this mail. The password stays as it is.',
    ],
  },
});

export const passwordResetDoneMail = ({ email, address }: About): MailText => ({
  'zh-CN': {
    subject: '登录密码已重设',
    lines: [
      `账号 ${email} 的登录密码已通过邮件链接重设（来源地址 ${address}），该账号的所有会话已结束。`,
      '如果不是您本人操作，请立即联系管理员。',
    ],
  },
  'en-US': {
    subject: 'The password has been set anew',
    lines: [
      `The password of the account ${email} was set anew by a mailed link, from ${address}. All its sessions have ended.`,
      'If it was not you, tell your administrator at once.',
    ],
  },
});

export const emailConfirmMail = (link: string, minutes: number, { email, address }: About): MailText => ({
  'zh-CN': {
    subject: '确认新的登录邮箱',
    lines: [
      `账号 ${email}（来源地址 ${address}）申请以此邮箱登录。`,
      `请在 ${minutes} 分钟内打开以下链接确认，链接只能使用一次：`,
      link,
      '如果不是您本人操作，请忽略此邮件。',
    ],
  },
  'en-US': {
    subject: 'Confirm the new e-mail address',
    lines: [
      `The account ${email} asked, from ${address}, to sign in with this e-mail address.`,
      `Open this link within ${minutes} minutes; it works once:`,
      link,
      'If it was not you, ignore this mail.',
    ],
  },
});

export const emailTakenMail = ({ email, address }: About): MailText => ({
  'zh-CN': {
    subject: '此邮箱已有账号',
    lines: [`账号 ${email}（来源地址 ${address}）申请以此邮箱登录，但此邮箱已属于另一个账号，因此未作任何修改。`],
  },
  'en-US': {
    subject: 'This e-mail address already has an account',
    lines: [
      `The account ${email} asked, from ${address}, to sign in with this e-mail address. It belongs to another account already, so nothing has changed.`,
    ],
  },
});

export const emailChangeNoticeMail = (newEmail: string, { email, address }: About): MailText => ({
  'zh-CN': {
    subject: '正在修改登录邮箱',
    lines: [
      `账号 ${email}（来源地址 ${address}）申请将登录邮箱改为 ${newEmail}，待新邮箱确认后生效。`,
      '如果不是您本人操作，请立即修改密码并联系管理员。',
    ],
  },
  'en-US': {
    subject: 'Your e-mail address is being changed',
    lines: [
      `The account ${email} asked, from ${address}, to sign in with ${newEmail} from now on. It holds once the new address has confirmed it.`,
      'If it was not you, change your password at once and tell your administrator.',
    ],
  },
});

export const emailChangedMail = (newEmail: string, { email, address }: About): MailText => ({
  'zh-CN': {
    subject: '登录邮箱已修改',
    lines: [
      `账号 ${email} 的登录邮箱已改为 ${newEmail}（来源地址 ${address}）。`,
      '如果不是您本人操作，请立即联系管理员。',
    ],
  },
  'en-US': {
    subject: 'Your e-mail address has been changed',
    lines: [
      `The account ${email} signs in with ${newEmail} now; confirmed from ${address}.`,
      'If it was not you, tell your administrator at once.',
    ],
  },
});

export const recoveryCodeUsedMail = (left: number, { email, address }: About): MailText => ({
  'zh-CN': {
    subject: '恢复码已被使用',
    lines: [
      `账号 ${email} 刚刚使用一个恢复码登录（来源地址 ${address}），还剩 ${left} 个。`,
      '如果不是您本人操作，请立即联系管理员。',
    ],
  },
  'en-US': {
    subject: 'A recovery code has been used',
    lines: [
      `Somebody signed in to the account ${email} from ${address} with a recovery code. ${left} are left.`,
      'If it was not you, tell your administrator at once.',
    ],
  },
});

export const totpChangedMail = (isOn: boolean, { email, address }: About): MailText => ({
  'zh-CN': {
    subject: isOn ? '双因子验证已开启' : '双因子验证已关闭',
    lines: [
      `账号 ${email} 的双因子验证已${isOn ? '开启' : '关闭'}（来源地址 ${address}）。`,
      '如果不是您本人操作，请立即联系管理员。',
    ],
  },
  'en-US': {
    subject: isOn ? 'Two-factor sign-in is on' : 'Two-factor sign-in is off',
    lines: [
      `Two-factor sign-in of the account ${email} was turned ${isOn ? 'on' : 'off'}, from ${address}.`,
      'If it was not you, tell your administrator at once.',
    ],
  },
});
