import { safeStorage } from 'electron'

/** Files for the owner alone; src-main/vault.ts has one. */
export interface SecretFiles {
  read(name: string): Promise<string | undefined>
  write(name: string, secret: string): Promise<void>
  remove(name: string): Promise<void>
}

const sealedName = (name: string): string => `${name}.sealed`

/** On Linux without a keyring Electron would seal with a password that everybody knows, which only looks safe. */
const canSeal = (): boolean =>
  safeStorage.isEncryptionAvailable() && (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text')

/**
 * Secrets sealed by the system's keychain (Electron's safeStorage) in files for the owner alone; where there is no keychain the
 * files alone must do, as in the browser host. A secret that the browser host left is sealed when it is read.
 */
export function sealedVault(files: SecretFiles): SecretFiles {
  const seal = async (name: string, secret: string) => {
    await files.write(sealedName(name), safeStorage.encryptString(secret).toString('base64'))
    await files.remove(name)
  }
  return {
    async read(name) {
      const sealed = await files.read(sealedName(name))
      if (sealed !== undefined) return safeStorage.decryptString(Buffer.from(sealed, 'base64'))
      const plain = await files.read(name)
      if (plain !== undefined && canSeal()) await seal(name, plain)
      return plain
    },
    async write(name, secret) {
      if (canSeal()) return seal(name, secret)
      await files.write(name, secret)
      await files.remove(sealedName(name))
    },
    async remove(name) {
      await files.remove(sealedName(name))
      await files.remove(name)
    },
  }
}
