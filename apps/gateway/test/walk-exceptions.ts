/**
 * What the walk's examples are told although their caller may: everything that is not here must be answered. A refusal of
 * access — signed in, session, password, permission — stands here for no procedure that asks for it.
 */
export interface Exception {
  readonly codes: readonly string[];
  readonly why: string;
}

const all = (names: readonly string[], exception: Exception): Record<string, Exception> =>
  Object.fromEntries(names.map((name) => [name, exception]));

export const exceptions: Readonly<Record<string, Exception>> = {
  'session.signIn': {
    codes: ['wrongCredentials', 'challengeRequired'],
    why: 'the example’s password is nobody’s, and after two tries a challenge stands before the next',
  },
  'session.verifyTotp': { codes: ['notSignedIn'], why: 'public; the example’s ticket is nobody’s' },
  ...all(['session.resetPassword', 'session.confirmEmail'], {
    codes: ['linkInvalid'],
    why: 'the example’s link was never mailed',
  }),
  ...all(['session.requestPasswordReset', 'myAccount.changeEmail', 'mail.test'], {
    codes: ['mailOff'],
    why: 'no mail server is set up here',
  }),
  ...all(['session.changePassword', 'myAccount.prepareTotp', 'myAccount.disableTotp'], {
    codes: ['wrongCredentials', 'challengeRequired'],
    why: 'they ask for the present password, and the example’s is wrong',
  }),
  'myAccount.enableTotp': { codes: ['actionRefused'], why: 'no second factor has been prepared' },
  ...all(
    [
      'account.get',
      'account.effective',
      'account.sessions',
      'account.update',
      'account.setSourceLimits',
      'account.freeze',
      'account.unfreeze',
      'account.delete',
      'account.grantRegions',
      'account.bindRoles',
      'account.resetPassword',
      'account.resetTotp',
      'account.endSession',
      'accountGroup.get',
      'accountGroup.update',
      'accountGroup.delete',
      'role.update',
      'role.delete',
      'apiKey.disable',
      'myAccount.endSession',
      'myAccount.updateApiKey',
      'myAccount.deleteApiKey',
      'notificationGroup.update',
      'notificationGroup.delete',
      'operationLog.updateRule',
      'operationLog.deleteRule',
      'webhook.get',
      'webhook.deliveries',
      'webhook.update',
      'webhook.rotateSecret',
      'webhook.retry',
      'webhook.skip',
      'webhook.test',
      'webhook.delete',
    ],
    { codes: ['notFound'], why: 'the example’s id is nobody’s' },
  ),
  'operationLog.createRule': {
    codes: ['notFound', 'invalidInput'],
    why: 'the example’s notification group does not exist, nor does an account of one region make rules for all',
  },
  ...all(
    [
      'account.create',
      'accountGroup.create',
      'role.create',
      'role.clone',
      'notificationGroup.create',
      'myAccount.createApiKey',
      'webhook.create',
    ],
    { codes: ['nameTaken'], why: 'an earlier walk has made the example' },
  ),
  ...all(['loginPolicy.update', 'mail.update', 'operationLog.updateSyslog', 'webhook.updateDestinations'], {
    codes: ['changedMeanwhile'],
    why: 'an earlier walk has changed it from the example’s version',
  }),
};

/** What an account of level region is refused although it has the permission, which for it means its regions. */
export const platformWide: Readonly<Record<string, string>> = {
  'operationLog.updateSyslog': 'forwarding is one setting for the logs of all regions',
};
