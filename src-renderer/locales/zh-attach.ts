/** 发送之前：选择文件、录音。 */
export const attach = {
  button: '添加', pictures: '图片和视频', files: '文件',
  tray: '待发送', caption: '添加说明', total: '{count} 个文件，共 {total}', nth: '第 {place} 个，共 {count} 个',
  keys: '按 Delete 移除，按 Shift 加方向键移动。',
  kind: { picture: '图片', video: '视频', sound: '声音', contact: '名片', file: '文件' },
  remove: '移除 {name}', removed: '已移除 {name}。', moved: '现在是第 {place} 个，共 {count} 个。',
  added: '{count} 个文件待发送，可以添加说明或直接发送。',
  drop: '拖到这里发给 {name}', dropHint: '发送之前还可以再看一遍。', pastedName: 'picture',
  choices: '{name} 的发送方式', size: '大小', scaled: '缩小', scaledTo: '缩小 · {width} × {height} · {size}', originalOf: '原图 · {width} × {height} · {size}',
  sameForAll: '所有图片都这样',
  keepPlace: '保留拍摄地点', keepPlaceHint: '关闭时，地点、时间和相机信息在离开这台电脑之前就已去除。',
  note: {
    huge: '{width} × {height} 像素太大，无法作为图片显示，将作为文件发送。',
    'not-shown': '这台电脑无法显示这种图片，将原样发送。',
    untouched: '文件里可能有拍摄地点，这种文件无法去除。',
  },
  voice: {
    label: '语音消息', record: '录制语音消息', asking: '请允许使用麦克风…', recording: '正在录音，按 Esc 放弃。',
    recorded: '已录制 {seconds} 秒，可以发送，也可以先听一遍。', stop: '停止并试听', listen: '试听', pause: '暂停', discard: '放弃', send: '发送语音消息',
    failed: {
      denied: '雁信不能使用麦克风。请在浏览器或系统设置中允许，然后再试。',
      none: '没有找到麦克风，请连接后再试。',
      busy: '麦克风没有声音，可能被其他程序占用，请再试一次。',
    },
  },
  refused: {
    empty: '{count} 个文件是空的：{names}。',
    folder: '文件夹不能发送：{names}。请先打包成一个文件。',
    many: '一条消息最多 30 个文件，有 {count} 个没有加入：{names}。',
    large: '{count} 个文件超过了服务允许的 {limit}：{names}。',
    unreadable: '{count} 个文件无法读取：{names}，可能已被移动，或没有打开的权限。',
  },
}
