// Whether the page says that the connection is lost for good (connection.js), so that nobody could answer.
export const isLost = () => document.querySelector(".connection")?.dataset.state === "lost";
