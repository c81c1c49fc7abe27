// readPage reads an answer of the desk's own as a page of which nothing runs, to take parts from.
export async function readPage(answer) {
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}
