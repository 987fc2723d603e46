// The style sheet that page and notebook share knows the dark by this class.

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("theme-dark", dark.matches);

follow();
dark.addEventListener("change", follow);
