import './ui/tokens.css'
import './ui/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { connectBridge } from './bridge'
import { makeI18n } from './locales'
import { installState } from './state'
import { runStorePage } from './state/store-page'

const bridge = connectBridge()
if (new URLSearchParams(location.search).has('store')) runStorePage(bridge)
else {
  const vue = createApp(App)
  installState(vue, bridge)
  vue.use(makeI18n(navigator.language.startsWith('zh') ? 'zh' : 'en')).mount('#app')
}
