/** The files of messages/<locale>/, each a namespace of its own name. A new area is one line here and two JSON files. */
export const areas = [
  'common',
  'shell',
  'auth',
  'actions',
  'overview',
  'vm',
  'clusters',
  'events',
  'hosts',
  'images',
  'networks',
  'recycleBin',
  'tasks',
  'accounts',
  'accountGroups',
  'roles',
  'apiKeys',
] as const;
export type Area = (typeof areas)[number];
