/** 会话中的图片、视频、语音和文件，以及传输。 */
export const media = {
  open: '打开 {name}', pictures: '{count} 张图片 | {count} 张图片', more: '还有 {count} 张图片 | 还有 {count} 张图片', nth: '{name}，第 {n} 张，共 {count} 张',
  before: '上一张', next: '下一张', larger: '放大', smaller: '缩小', fit: '{percent}%，显示整张图片', fitIt: '显示整张图片',
  undrawable: '这张图片无法在这里显示，请保存后用其他程序打开。', unplayable: '无法在这里播放，请保存后用其他程序打开。',
  playVideo: '播放 {name}', voice: '语音消息', playVoice: '播放', pauseVoice: '暂停', speedOf: '{speed} 倍速', position: '{at}，共 {of}',
  keeping: '正在保存', offered: '{size}，尚未下载', waitsUp: '等待上传', waitsDown: '等待下载', paused: '已暂停 · {size}',
  running: '{done} / {total}', speed: '{speed}/秒', left: '大约还需 {time}', failedUp: '没有发送成功。', failedDown: '没有下载成功。',
  fetch: '下载 {name}', goOn: '继续传输 {name}', again: '重试 {name}', pauseIt: '暂停 {name}', cancelUp: '不发送 {name}', cancelDown: '不下载 {name}',
}
