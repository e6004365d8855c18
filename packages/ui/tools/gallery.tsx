/** One page of every component with made-up facts, to be looked at beside the mockups: ?page=list|states|task|form&theme=dark */
import '../src/styles/index.css';
import { Button, Input, Select } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import {
  Box,
  Disc3,
  Ellipsis,
  LayoutDashboard,
  Network,
  Play,
  Plus,
  Power,
  RotateCw,
  Server,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { createRoot } from 'react-dom/client';
import * as ui from '../src/index.ts';

const query = new URLSearchParams(window.location.search);
const theme = query.get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.dataset['theme'] = theme;
const link: ui.LinkRenderer = ({ key, href, className, current, children }) => (
  <a key={key} href={href} className={className} aria-current={current ? 'page' : undefined}>
    {children}
  </a>
);

interface Vm {
  id: string;
  name: string;
  tone: ui.StateTone;
  state: string;
  progress?: number;
  ip: string;
  host: string;
  cpu: number | undefined;
  memory: number | undefined;
  size: string;
}
const states: [ui.StateTone, string, number?][] = [
  ['ok', '运行中'],
  ['ok', '运行中'],
  ['busy', '迁移中', 0.62],
  ['off', '关机'],
  ['warn', '运行中 · 注意'],
  ['err', '失败 · 启动失败'],
];
const vms: Vm[] = Array.from({ length: 18 }, (_, i) => {
  const [tone, state, progress] = states[i % states.length] ?? ['ok', '运行中'];
  const on = tone !== 'off' && tone !== 'err';
  return {
    id: `vm-${i}`,
    name: `erp-app-${String(i + 1).padStart(2, '0')}`,
    tone,
    state,
    ...(progress === undefined ? {} : { progress }),
    ip: `10.32.4.${20 + i}`,
    host: on ? `hz1-n${String((i % 9) + 1).padStart(2, '0')}` : '',
    cpu: on ? ((i * 37) % 100) / 100 : undefined,
    memory: on ? ((i * 23 + 40) % 97) / 100 : undefined,
    size: '8C 16G',
  };
});
const columns: ui.DataColumn<Vm>[] = [
  { key: 'name', title: '名称', width: 170, sortable: true, render: (vm) => <a href="#vm">{vm.name}</a> },
  {
    key: 'state',
    title: '状态',
    width: 180,
    sortable: true,
    render: (vm) => (
      <ui.StateLabel tone={vm.tone} progress={vm.progress} progressLabel={vm.name}>
        {vm.state}
      </ui.StateLabel>
    ),
  },
  { key: 'ip', title: 'IP 地址', width: 120, mono: true, render: (vm) => vm.ip },
  { key: 'host', title: '节点', width: 110, render: (vm) => vm.host || <span className="bs-none">—</span> },
  {
    key: 'cpu',
    title: 'CPU · 1 小时',
    width: 120,
    render: (vm) =>
      vm.cpu === undefined ? (
        <span className="bs-none">—</span>
      ) : (
        <ui.Sparkline
          label="CPU"
          max={1}
          values={Array.from({ length: 24 }, (_, i) => (vm.cpu ?? 0) * (0.8 + 0.2 * Math.sin(i * 1.7)))}
        />
      ),
  },
  { key: 'memory', title: '内存', width: 130, render: (vm) => <ui.UsageBar used={vm.memory} label="内存" /> },
  { key: 'size', title: '规格', width: 90, align: 'right', render: (vm) => vm.size },
  {
    key: 'tags',
    title: '标签',
    width: 120,
    render: () => (
      <>
        <ui.Tag>生产</ui.Tag>
        <ui.Tag>数据库</ui.Tag>
      </>
    ),
  },
];
const labels: ui.TableLabels = {
  table: '虚拟机',
  selectPage: '选择本页',
  selectRow: (name) => `选择 ${name}`,
  rowActions: '行操作',
  range: (a, b, n) => `${a}–${b} / ${n.toLocaleString('en-US')}`,
  previous: '上一页',
  next: '下一页',
  perPage: (n) => `每页 ${n}`,
  loading: '正在读取',
};
const nothing = () => undefined;

function List() {
  return (
    <>
      <ui.PageHeader
        title="虚拟机"
        subtitle="生产环境"
        pill={<ui.Tag line>共享视图 · 运维组</ui.Tag>}
        actions={
          <Button type="primary" icon={<Plus {...ui.iconProps()} />}>
            创建虚拟机
          </Button>
        }
      />
      <ui.QueryBar
        label="筛选"
        placeholder="继续输入条件"
        text=""
        onText={nothing}
        onRemove={nothing}
        result="1,240 台 · 84 毫秒"
        chips={[{ key: 'tag', field: '标签', value: '生产', removeLabel: '去掉 标签' }]}
      >
        <ui.ColumnChooser columns={columns} visible={undefined} onChange={nothing} label="列" resetLabel="恢复默认" />
      </ui.QueryBar>
      <ui.Facets
        label="快速筛选"
        onToggle={nothing}
        facets={[
          { key: 'r', label: '运行中', count: 1194, tone: 'ok', active: true },
          { key: 'b', label: '变更中', count: 9, tone: 'busy' },
          { key: 's', label: '已停止', count: 31, tone: 'off' },
          { key: 'w', label: '注意', count: 4, tone: 'warn' },
          { key: 'e', label: '错误', count: 2, tone: 'err' },
          { key: 'x', label: '一天未备份', count: 23, divider: true },
        ]}
      />
      <ui.BulkBar
        label="批量操作"
        clearLabel="Esc"
        onClear={nothing}
        selectAll={{ label: '选择全部 1,240 台', onSelect: nothing }}
        actions={[
          {
            key: 'start',
            label: '开机',
            icon: <Play {...ui.iconProps()} />,
            reason: '已在运行；0 / 3 项可执行',
            onRun: nothing,
          },
          { key: 'off', label: '关机', icon: <Power {...ui.iconProps()} />, onRun: nothing },
          { key: 'del', label: '删除', icon: <Trash2 {...ui.iconProps()} />, danger: true, onRun: nothing },
        ]}
      >
        已选 3 台
      </ui.BulkBar>
      <ui.DataTable
        columns={columns}
        rows={query.has('loading') ? undefined : vms}
        loading={query.has('loading')}
        rowKey={(vm) => vm.id}
        rowName={(vm) => vm.name}
        empty={null}
        labels={labels}
        sort={{ key: 'name', order: 'asc' }}
        onSort={nothing}
        page={{ offset: 0, size: 50, total: 1240, onChange: nothing }}
        selection={{ keys: new Set(['vm-2', 'vm-3', 'vm-9']), onChange: nothing }}
        rowActions={() => (
          <>
            <Button type="text" size="small" aria-label="VNC 登录" icon={<SquareTerminal {...ui.iconProps()} />} />
            <Button type="text" size="small" aria-label="更多" icon={<Ellipsis {...ui.iconProps()} />} />
          </>
        )}
        foot={
          <ui.LiveFoot
            tone="ok"
            resort={{ text: '3 行的排序值已变化，顺序保持不变', action: '重新排序', onResort: nothing }}
          >
            实时 · 2 秒前
          </ui.LiveFoot>
        }
      />
    </>
  );
}

function States() {
  return (
    <ui.PanelGrid columns={[1, 1, 1]}>
      <ui.PanelStack>
        <ui.Panel title="隔离组" count={0}>
          <ui.EmptyState title="还没有隔离组" actions={<Button type="primary">创建隔离组</Button>}>
            让主备两台虚拟机不落在同一个节点，或者让虚拟机只在指定节点上运行。
          </ui.EmptyState>
        </ui.Panel>
        <ui.Panel>
          <ui.FilteredEmpty
            title="没有符合条件的虚拟机"
            offers={[{ key: 'a', label: '去掉 状态:已停止', left: '剩 38 台', onDrop: nothing }]}
          >
            同时满足 3 个条件的有 0 台。
          </ui.FilteredEmpty>
        </ui.Panel>
      </ui.PanelStack>
      <ui.PanelStack>
        <ui.Panel flush>
          <ui.ErrorState
            title="无法读取硬盘列表"
            why="存储服务 30 秒无应答，已自动重试 2 次。虚拟机不受影响。"
            facts={[{ label: '原因', value: 'storage-api 超时' }]}
            requestId={{ label: '请求号', id: 'req_01JD3KAV7Q9X', copyLabel: '复制', copiedLabel: '已复制' }}
            retry={<ui.ActionButton icon={<RotateCw {...ui.iconProps(14)} />}>重试</ui.ActionButton>}
          />
        </ui.Panel>
        <ui.Panel title="主机" extra={<ui.HexMapLegend low="低" high="高" />}>
          <ui.HexMap
            label="节点"
            link={link}
            hosts={Array.from({ length: 22 }, (_, i) => ({
              key: `h${i}`,
              label: `hz1-n${i}`,
              href: '#',
              load: (i * 0.17) % 1,
              ...(i === 19 ? { tone: 'err' as const } : i === 4 ? { tone: 'busy' as const } : {}),
            }))}
          />
        </ui.Panel>
        <ui.Panel title="容量">
          <ui.UsageBar variant="wide" used={0.46} allocated={0.74} label="处理器" />
          <br />
          <ui.UsageBar variant="wide" used={0.84} allocated={0.98} label="内存" />
          <br />
          <ui.StackBar
            label="虚拟机"
            parts={[
              { key: 'ok', tone: 'ok', value: 4821 },
              { key: 'off', tone: 'off', value: 331 },
              { key: 'busy', tone: 'busy', value: 38 },
              { key: 'err', tone: 'err', value: 6 },
            ]}
          />
        </ui.Panel>
      </ui.PanelStack>
      <ui.PanelStack>
        <ui.Panel title="按钮">
          <p>
            <ui.ActionButton kind="primary" icon={<SquareTerminal {...ui.iconProps()} />}>
              打开控制台
            </ui.ActionButton>{' '}
            <ui.ActionButton icon={<Power {...ui.iconProps()} />}>关机</ui.ActionButton>{' '}
            <ui.ActionButton danger icon={<Trash2 {...ui.iconProps()} />}>
              删除
            </ui.ActionButton>{' '}
            <ui.ActionButton icon={<Play {...ui.iconProps()} />} reason="虚拟机已在运行" reasonOpen={false}>
              开机
            </ui.ActionButton>
          </p>
        </ui.Panel>
        <ui.Note tone="warn" title="注意 1 项" action={<a href="#e">查看证据</a>}>
          系统盘读延迟 18 毫秒，同池平均 3 毫秒
        </ui.Note>
        <ui.Panel title="时间线">
          <ui.Timeline
            label="时间线"
            items={[
              { key: '1', tone: 'warn', title: '读延迟升高到 18 毫秒', detail: '告警，尚未确认', time: '14:18' },
              { key: '2', tone: 'off', title: '快照 auto-1200', detail: '策略 每 2 小时', time: '12:00' },
              {
                key: '3',
                tone: 'err',
                title: '热迁移失败，已留在原节点',
                detail: '目标缺少 avx512_vnni',
                time: '11-16',
              },
            ]}
          />
        </ui.Panel>
        <ui.Panel title="事实">
          <ui.FactGrid
            facts={[
              { key: 'a', label: '规格', value: '16 核 64 GiB' },
              { key: 'b', label: 'ID', value: <ui.Copyable text="vm-7f3a9c21" label="复制" copiedLabel="已复制" /> },
              { key: 'c', label: '固件', value: undefined },
            ]}
          />
          <ui.CodeBlock
            label="命令"
            text={'basalt vm create erp-app \\\n  --count 4'}
            copyLabel="复制"
            copiedLabel="已复制"
          />
        </ui.Panel>
        <p>
          <ui.StatePill tone="ok">运行中 86 天</ui.StatePill> <ui.StatePill tone="busy">进行中 62%</ui.StatePill>{' '}
          <ui.StatePill tone="warn">可用，2 项风险</ui.StatePill> <ui.StatePill tone="err">失败</ui.StatePill>{' '}
          <ui.StatePill tone="off">关机</ui.StatePill>
        </p>
      </ui.PanelStack>
    </ui.PanelGrid>
  );
}

function Form() {
  return (
    <>
      <ui.PageHeader
        title="创建虚拟机"
        note={<ui.FormErrors title="有 1 处需要修改：" errors={[{ id: 'ip', label: 'IP 地址' }]} />}
      />
      <div style={{ padding: '0 20px', flex: 1 }}>
        <ui.FormSection id="source" title="来源与规格" hint="必填">
          <ui.FieldGrid>
            <ui.Field label="镜像" id="image" required>
              <Select id="image" style={{ width: '100%' }} value="openEuler 24.03 SP2" options={[]} />
            </ui.Field>
            <ui.Field label="IP 地址" id="ip" error="已被 erp-app-01 占用，下一个空闲 10.32.4.58">
              <Input id="ip" status="error" value="10.32.4.31" readOnly />
            </ui.Field>
          </ui.FieldGrid>
          <ui.Segments
            label="规格"
            size="middle"
            value="8"
            onChange={nothing}
            options={[
              { key: '2', label: '2C 4G' },
              { key: '4', label: '4C 8G' },
              { key: '8', label: '8C 16G' },
            ]}
          />
        </ui.FormSection>
        <ui.FoldedSection id="adv" title="高级" summary="UEFI · host-model · 代理自动安装">
          x
        </ui.FoldedSection>
        <ui.Steps
          labels={{ table: '步骤', step: '步骤', took: '用时', undo: '撤销动作', start: '开始' }}
          steps={[
            {
              key: '1',
              tone: 'ok',
              title: '预检',
              detail: '目标兼容',
              took: '0.8 秒',
              undo: '无需撤销',
              startedAt: '14:29:02',
            },
            {
              key: '2',
              tone: 'busy',
              title: '复制内存',
              detail: '第 3 轮',
              took: '48 秒',
              undo: '停止复制',
              startedAt: '14:29:05',
            },
            { key: '3', tone: 'off', title: '切换', undo: '恢复源虚拟机' },
          ]}
        />
      </div>
      <ui.FormFoot
        extra={
          <>
            <ui.Kbd>Ctrl</ui.Kbd> <ui.Kbd>Enter</ui.Kbd>
          </>
        }
      >
        <Button type="primary">创建 4 台</Button>
        <Button>仅保存为模板</Button>
      </ui.FormFoot>
    </>
  );
}

function Dialog() {
  return (
    <ui.ConfirmDialog
      open
      title="删除 erp-app-02"
      subtitle="移入回收站，保留 7 天，期间可还原。"
      facts={[
        { key: 'a', tone: 'ok', text: '2 块硬盘一起移入回收站', detail: '140 GiB，删除后仍占用存储' },
        { key: 'b', tone: 'warn', text: '负载均衡 erp-lb 将只剩 1 个后端', detail: 'erp-app-01，健康' },
      ]}
      typedName={{ name: 'erp-app-02', prompt: '影响对外服务，请输入名称确认' }}
      foot="预计 3 秒，可撤销"
      confirmLabel="移入回收站"
      cancelLabel="取消"
      closeLabel="关闭"
      danger
      onConfirm={nothing}
      onCancel={nothing}
    />
  );
}

const pages: Record<string, () => React.ReactNode> = { list: List, states: States, form: Form, dialog: Dialog };
const Page = pages[query.get('page') ?? 'list'] ?? List;

createRoot(document.getElementById('root') ?? document.body).render(
  <ui.ThemeProvider initialChoice={theme} initialSystem="light" locale={zhCN}>
    <ui.AppFrame
      skipLabel="跳到内容"
      rail={
        <ui.Rail
          label="服务"
          logoLabel="玄武"
          homeHref="#"
          activeKey="compute"
          link={link}
          items={[
            { key: 'overview', label: '概览', icon: <LayoutDashboard {...ui.iconProps(18)} />, href: '#' },
            { key: 'compute', label: '计算', icon: <Box {...ui.iconProps(18)} />, href: '#' },
            { key: 'network', label: '网络', icon: <Network {...ui.iconProps(18)} />, href: '#' },
            {
              key: 'physical',
              label: '物理',
              icon: <Server {...ui.iconProps(18)} />,
              href: '#',
              badge: { count: 6, label: '6' },
            },
          ]}
        />
      }
      topBar={
        <ui.TopBar
          region={
            <ui.BarButton look="frame">
              <ui.StateMark tone="ok" /> 杭州一区
            </ui.BarButton>
          }
          crumbs={[{ label: '计算', href: '#' }, { label: '虚拟机' }]}
          crumbsLabel="位置"
          searchPlaceholder="搜索名称、ID、IP、MAC、序列号、标签"
          searchShortcut="Ctrl K"
          onSearch={nothing}
          link={link}
        >
          <ui.BarButton>
            <ui.Avatar name="林舒" /> 林舒
          </ui.BarButton>
        </ui.TopBar>
      }
      side={
        <ui.SidePanel
          label="页面"
          link={link}
          activeKeys={['vms', 'prod']}
          groups={[
            {
              key: 'c',
              title: '计算',
              items: [
                { key: 'vms', label: '虚拟机', icon: <Box {...ui.iconProps()} />, href: '#', count: '5,213' },
                { key: 'images', label: '镜像', icon: <Disc3 {...ui.iconProps()} />, href: '#', count: '86' },
              ],
            },
            {
              key: 'v',
              title: '视图',
              items: [
                { key: 'prod', label: '生产环境', href: '#', count: '1,240' },
                { key: 'bad', label: '需要处理', href: '#', count: '12', countTone: 'err' },
              ],
            },
          ]}
        />
      }
      tray={
        <ui.TaskTray
          open
          onToggle={nothing}
          title="任务"
          toggleLabel="任务栏"
          summary="今天完成 212，失败 2"
          empty=""
          tasks={[
            {
              key: 'a',
              tone: 'busy',
              name: '批量迁移 · 24 台',
              target: '离开 hz1-n07',
              progress: { value: 0.7, label: '批量迁移', text: '17 / 24' },
              detail: 'k8s-worker-12 复制内存 62%',
              time: '约剩 3 分 10 秒',
              actions: <a href="#s">步骤与日志</a>,
            },
            {
              key: 'b',
              tone: 'err',
              name: '批量快照 · 200 个硬盘',
              target: '策略 每日 02:00',
              detail: '2 个硬盘正在扩容，快照被拒绝',
              time: '用时 6 分 41 秒',
              actions: <a href="#r">重试 2 项</a>,
            },
          ]}
        />
      }
    >
      <Page />
    </ui.AppFrame>
  </ui.ThemeProvider>,
);
