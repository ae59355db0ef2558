// System fonts: nothing is loaded from elsewhere, and no text moves when a font arrives.
import DefaultTheme from 'vitepress/theme-without-fonts';
import Marble from './Marble.vue';
import TableFilter from './TableFilter.vue';
import WhichPaging from './WhichPaging.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Marble', Marble);
    app.component('TableFilter', TableFilter);
    app.component('WhichPaging', WhichPaging);
  },
};
