import { expect, type Locator, type Page } from '@playwright/test';
import type { VmAction, VmState } from '@basalt/contract';
import { paths, type VmTab } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { vmActionWord, vmStateWord, zh } from '../words.ts';

type Asking = 'shutdown' | 'powerOff' | 'reset' | 'delete' | 'destroy';
const asking: readonly string[] = ['shutdown', 'powerOff', 'reset', 'delete', 'destroy'] satisfies Asking[];

/** The page of one virtual machine. */
export class VmPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  open(id: string, tab: VmTab = 'overview'): Promise<unknown> {
    return this.page.goto(paths.vm(region, id, tab));
  }

  get title(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** Waits, without a reload, for the state's word in the title band. */
  shows(state: VmState, timeout = 30_000): Promise<void> {
    return expect(this.title.locator('..').getByText(vmStateWord(state), { exact: true })).toBeVisible({ timeout });
  }

  get toolbar(): Locator {
    return this.page.getByRole('toolbar', { name: zh('vm.actionsLabel') });
  }

  /** Presses the button of the title band, or the entry of its menu when the action has no button of its own. */
  async ask(action: VmAction): Promise<void> {
    await expect(this.toolbar).toBeVisible();
    const name = action === 'console' ? zh('vm.openConsole') : vmActionWord(action);
    const button = this.toolbar.getByRole('button', { name, exact: true });
    if (await button.isVisible()) await button.click();
    else {
      await this.toolbar.getByRole('button', { name: zh('vm.moreActions'), exact: true }).click();
      await this.page.getByRole('menuitem', { name: new RegExp(`^${name}`, 'u') }).click();
    }
    if (asking.includes(action)) await this.confirm(action as Asking);
  }

  async confirm(action: Asking): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: zh(`vm.confirm.${action}.do`), exact: true }).click();
    await expect(dialog).toBeHidden();
  }
}
