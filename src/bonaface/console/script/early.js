// Runs before the first paint, so that a chosen theme or language does not flash by. Not a module: those run later.
(() => {
  const theme = localStorage.getItem("bonaface.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("bonaface.language");
  if (language === "en" || language === "ko") document.documentElement.lang = language;
})();
