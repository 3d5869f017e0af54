// ITU-T E.164 list of country codes: those of one and two digits; every other code has three.
const short = new Set(['1', '7', ...'20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(' ')])

/** The calling code that a number in full (`+86138…`) begins with, without the plus. */
export function callingCodeOf(number: string): string | undefined {
  const digits = /^\+(\d{7,15})$/.exec(number)?.[1]
  if (!digits) return undefined
  return [1, 2, 3].map((length) => digits.slice(0, length)).find((code) => code.length === 3 || short.has(code))
}

/** RFC 3966 5.1.1: marks that people put into numbers for the eye; NFKC has made full-width ones ordinary before. */
const separators = /[\s().\-\u2010-\u2015/]/g

// Numbers that are the same with and without a country before them: services (10086, 95588, 12306) and those of 106, whose
// length tells them from a landline in Beijing (10 and eight digits).
const chineseService = /^(?:\d{3,6}|95\d{3,7}|106\d{8,17})$/

/**
 * A phone number as a telephone wrote it, in full where that can be known: `+8613800138000` for `138 0013 8000` where 86 is at
 * home. Service numbers and those without an area stay as they are; undefined when it is no number at all.
 * @param home the calling code that numbers without one belong to
 */
export function fullNumber(written: string, home: string): string | undefined {
  const plain = written.normalize('NFKC').replace(separators, '').replace(/^tel:/i, '')
  if (!/^\+?[\d*#]{1,20}$/.test(plain)) return undefined
  if (plain.startsWith('+')) return international(plain.slice(1)) ?? plain
  if (!/^\d+$/.test(plain)) return plain
  if (/^00[1-9]\d{6,}$/.test(plain)) return international(plain.slice(2))
  return national(plain, home) ?? plain
}

function international(digits: string): string | undefined {
  if (!/^\d{1,20}$/.test(digits)) return undefined
  const china = /^86(.*)$/.exec(digits)?.[1]
  if (china !== undefined && chineseService.test(china)) return china
  // Written with the zero that is dialled inside the country.
  if (china !== undefined && /^0\d{9,11}$/.test(china)) return `+86${china.slice(1)}`
  return digits.length <= 15 ? `+${digits}` : digits
}

/** In full, or nothing where it cannot be known. */
function national(digits: string, home: string): string | undefined {
  switch (home) {
    case '86':
      if (/^1[3-9]\d{9}$/.test(digits)) return `+86${digits}`
      if (/^861[3-9]\d{9}$/.test(digits)) return `+${digits}`
      // Area codes begin with a zero: 010 and 02x have three digits, the rest four.
      return /^0(?:10|2\d)\d{8}$|^0[3-9]\d{9,10}$/.test(digits) ? `+86${digits.slice(1)}` : undefined
    case '1':
      if (/^[2-9]\d{2}[2-9]\d{6}$/.test(digits)) return `+1${digits}`
      return /^1[2-9]\d{2}[2-9]\d{6}$/.test(digits) ? `+${digits}` : undefined
    case '7':
      return /^8\d{10}$/.test(digits) ? `+7${digits.slice(1)}` : /^7\d{10}$/.test(digits) ? `+${digits}` : undefined
    default: {
      // In Italy the zero belongs to the number.
      const significant = home === '39' ? digits : digits.replace(/^0/, '')
      return significant.length >= 7 && significant.length + home.length <= 15 ? `+${home}${significant}` : undefined
    }
  }
}
