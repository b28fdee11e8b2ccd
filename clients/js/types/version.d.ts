/** Which one this is: that of the server whose API it was tested with. */
export const VERSION: "0.1.0";
