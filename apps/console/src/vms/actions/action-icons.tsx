import { iconProps } from '@basalt/ui';
import {
  CirclePause,
  CirclePlay,
  Pencil,
  Play,
  Power,
  PowerOff,
  RotateCw,
  SquareTerminal,
  Trash2,
  Undo2,
  Zap,
} from 'lucide-react';
import type { VmActionKey } from '@/actions/registry.ts';

/** One picture per action, the same in toolbars, row menus and the bulk bar. */
export const actionIcons: Record<VmActionKey, React.ReactNode> = {
  console: <SquareTerminal {...iconProps()} />,
  start: <Play {...iconProps()} />,
  shutdown: <Power {...iconProps()} />,
  reboot: <RotateCw {...iconProps()} />,
  powerOff: <PowerOff {...iconProps()} />,
  reset: <Zap {...iconProps()} />,
  pause: <CirclePause {...iconProps()} />,
  resume: <CirclePlay {...iconProps()} />,
  rename: <Pencil {...iconProps()} />,
  delete: <Trash2 {...iconProps()} />,
  undelete: <Undo2 {...iconProps()} />,
  destroy: <Trash2 {...iconProps()} />,
};
