/** 位置和名片。 */
export const place = {
  kind: '[位置]',
  unnamed: '位置', card: '位置：{name}，{coordinates}',
  coordinates: '{latitude}，{longitude}', north: '北纬 {degrees}', south: '南纬 {degrees}', east: '东经 {degrees}', west: '西经 {degrees}',
  radius: '误差约{distance}', away: '距这里 {distance}', howFar: '有多远？',
  open: '在地图中打开', in: { openstreetmap: 'OpenStreetMap', amap: '高德地图', program: '这台电脑上的地图程序' },
  copy: '复制', copied: '坐标已复制。',
  position: {
    asking: '正在确定你的位置……', denied: '雁信没有获得位置权限，可以在浏览器或系统设置中允许。',
    unavailable: '这台电脑不知道自己在哪里。',
  },
  attach: '位置', pick: '发送位置', where: '地点',
  whereHint: '坐标、geo: 链接，或从高德、OpenStreetMap、Google、Apple 地图复制的链接。', example: '39.9042, 116.4074',
  empty: '请说明地点：输入坐标、粘贴链接，或使用当前位置。',
  unreadable: '这里面没有找到地点。纬度在前，例如 39.9042, 116.4074；短链接请先在浏览器中打开。',
  here: '我的位置', label: '名称', labelHint: '对方会看到它，例如一个地址。可以不填。',
  noMap: '在设置中填写地图瓦片服务器后，这里会显示地图。', cancel: '取消', send: '发送', pickToAdd: '添加位置', choose: '添加',
  map: '地图', mapKeys: '方向键移动地图，加减键缩放。', nearer: '放大', farther: '缩小',
  contact: {
    card: '名片：{name}', more: '文件中还有 {count} 张名片', save: '保存名片', saveOf: '保存 {name} 的名片', write: '发消息给 {to}',
    kind: { work: '工作', home: '住宅', cell: '手机', fax: '传真', main: '总机', car: '车载' },
    attach: '名片', pick: '发送名片', find: '谁的名片', own: '自己的名片', none: '没有找到这个人。',
  },
  server: {
    title: '地图', label: '瓦片服务器',
    tells: '位置以坐标显示。在这里填写服务器后，也会显示在地图上：这个服务器会从请求的瓦片得知你在看哪些地点，以及你的网络地址。除此之外不会发送任何内容；不填写时，不会向任何人请求地图。',
    noAddress: '必须以 https:// 或 http:// 开头。', lacks: '必须写明瓦片编号的位置：缺少 {parts}。',
    save: '使用', none: '不用地图',
  },
}
