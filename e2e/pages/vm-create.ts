import { expect, type Page } from '@playwright/test';
import { paths } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { zh } from '../words.ts';

/** The form that makes virtual machines. */
export class VmCreatePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto(paths.vmCreate(region));
    await this.ready();
  }

  /** The form has its choices: what is chosen beforehand stands in it. */
  async ready(): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: zh('vm.create.title') })).toBeVisible();
    await expect(this.name).toBeVisible();
  }

  get name() {
    return this.page.getByRole('textbox', { name: zh('vm.create.name'), exact: true });
  }

  get count() {
    return this.page.getByRole('spinbutton', { name: zh('vm.create.count'), exact: true });
  }

  /** The rail at the right that answers while one types. */
  get answers() {
    return this.page.getByRole('complementary', { name: zh('vm.create.asideLabel') });
  }

  /** A size of one's own, in vCPUs and GiB. */
  async size(vcpu: number, memory: number): Promise<void> {
    await this.page.getByText(zh('vm.create.custom'), { exact: true }).click();
    await this.page.getByRole('spinbutton', { name: zh('vm.create.vcpu'), exact: true }).fill(String(vcpu));
    await this.page.getByRole('spinbutton', { name: zh('vm.create.memory'), exact: true }).fill(String(memory));
  }

  async network(name: string, vlan: number): Promise<void> {
    await this.page.getByRole('combobox', { name: zh('vm.create.networkName'), exact: true }).click();
    // What has the role of an option is there for screen readers only; people press the text.
    const words = zh('vm.create.networkOption', { name, vlan });
    await this.page.getByText(words, { exact: true }).filter({ visible: true }).last().click();
  }

  async submit(count = 1): Promise<void> {
    const name = count > 1 ? zh('vm.create.submitMany', { count }) : zh('vm.create.submit');
    await this.page.getByRole('main').getByRole('button', { name, exact: true }).click();
  }
}
