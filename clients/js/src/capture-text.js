/** What the capture component says, in English and Korean. Hints of the server come with their own words. */

/** @typedef {keyof typeof TEXTS.en} Key */

export const TEXTS = Object.freeze({
  en: Object.freeze({
    title: "Take a picture of your face",
    start: "Use camera",
    choose: "Choose a file",
    take: "Take it now",
    stop: "Stop camera",
    again: "Try again",
    view: "What the camera sees, mirrored",
    idle: "Use the camera, or choose a picture of your face.",
    starting: "The camera is starting. Allow it if your browser asks.",
    noFace: "Put your face into the oval.",
    ready: "Hold still.",
    taking: "Taking the picture. Hold still.",
    judging: "One moment, please.",
    busy: "The server is busy. One moment, please.",
    done: "Done. Thank you.",
    notFit: "The picture does not fit. Choose another one.",
    denied: "Camera access is blocked. Allow it in the browser's site settings, or choose a file.",
    missing: "No camera was found. Connect one, or choose a file.",
    occupied: "The camera is in use by another program or could not start. Try again, or choose a file.",
    insecure: "Browsers allow the camera only on https or localhost. Choose a file instead.",
    ended: "This page may take no more pictures. Load it again.",
    unreachable: "The server cannot be reached. Check the connection and try again.",
    failed: "That did not work. Try again.",
  }),
  ko: Object.freeze({
    title: "얼굴 촬영",
    start: "카메라 사용",
    choose: "파일 선택",
    take: "지금 촬영",
    stop: "카메라 끄기",
    again: "다시 시도",
    view: "카메라 화면(좌우 반전)",
    idle: "카메라를 사용하거나 얼굴 사진을 선택하세요.",
    starting: "카메라를 시작하고 있습니다. 브라우저가 물으면 허용해 주세요.",
    noFace: "타원 안에 얼굴을 맞춰 주세요.",
    ready: "그대로 움직이지 마세요.",
    taking: "촬영하고 있습니다. 움직이지 마세요.",
    judging: "잠시만 기다려 주세요.",
    busy: "서버가 바쁩니다. 잠시만 기다려 주세요.",
    done: "완료되었습니다. 감사합니다.",
    notFit: "사용할 수 없는 사진입니다. 다른 사진을 선택하세요.",
    denied: "카메라 사용이 차단되어 있습니다. 브라우저의 사이트 설정에서 허용하거나 파일을 선택하세요.",
    missing: "카메라를 찾을 수 없습니다. 카메라를 연결하거나 파일을 선택하세요.",
    occupied: "카메라를 시작하지 못했습니다. 다른 프로그램을 종료한 뒤 다시 시도하거나 파일을 선택하세요.",
    insecure: "https 또는 localhost에서만 카메라를 사용할 수 있습니다. 파일을 선택하세요.",
    ended: "이 페이지에서는 더 촬영할 수 없습니다. 페이지를 새로 고치세요.",
    unreachable: "서버에 연결할 수 없습니다. 연결을 확인하고 다시 시도하세요.",
    failed: "처리하지 못했습니다. 다시 시도하세요.",
  }),
});

/**
 * The language of `tag`, of the page or of the browser, whichever is the first that there are words in.
 * @param {string | null} tag
 * @returns {"en" | "ko"}
 */
export function languageOf(tag) {
  const wanted = [tag, document.documentElement.lang, ...navigator.languages];
  const found = wanted.map((each) => (each ?? "").split("-")[0].toLowerCase()).find((each) => each in TEXTS);
  return found === "ko" ? "ko" : "en";
}
