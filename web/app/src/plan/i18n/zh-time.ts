// Words for looking back at revisions.
export const zhTime = {
  "replay.title": "回放",
  "replay.this": "回放",
  "replay.at": "回放：第 {n} 版修订（共 {last} 版），只读",
  "replay.begin": "方案开始时的底图",
  "replay.first": "回到开始 Home",
  "replay.back": "上一步 ,",
  "replay.play": "播放 P",
  "replay.pause": "暂停 P",
  "replay.on": "下一步 .",
  "replay.last": "到最新 End",
  "replay.slider": "修订",
  "replay.copy": "复制链接",
  "replay.copied": "链接已复制",
  "replay.leave": "回到方案",
  "replay.unsaved": "还有修改没有保存，保存后才能回放",
  "help.replay": "回放时：上一步、下一步",
} as const;
