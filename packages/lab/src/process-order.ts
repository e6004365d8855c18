/**
 * In which order the processes of an instance start; they stop the other way round. Guests are ended between
 * `libvirtd` and `cephOsd`, while their disks still answer.
 */
export const order = {
  ovnDatabase: 10,
  ovnNorthd: 12,
  ovsDatabase: 20,
  vswitchd: 22,
  ovnController: 24,
  cephMon: 30,
  cephMgr: 32,
  cephOsd: 34,
  virtlogd: 40,
  libvirtd: 42,
  metrics: 50,
  postgres: 60,
  region: 70,
  agent: 75,
  gateway: 80,
  console: 90,
} as const;
