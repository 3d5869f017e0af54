const forms = new Map<string, Intl.DateTimeFormat>()

/** A hop's time to the millisecond: hops are often closer together than a second. */
export function hopTime(at: number, language: 'zh' | 'en', timeZone?: string): string {
  const key = `${language} ${timeZone ?? ''}`
  let form = forms.get(key)
  if (!form) {
    form = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23', ...(timeZone && { timeZone }),
    })
    forms.set(key, form)
  }
  return form.format(at)
}
